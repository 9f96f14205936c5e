#include <mfapi.h>
#include <mfidl.h>
#include <mfreadwrite.h>

#define ESCAPI_DEFINITIONS_ONLY
#include "escapi.h"

#include "conversion.h"
#include "capture.h"
#include "scopedrelease.h"
#include "choosedeviceparam.h"

#define MAXDEVICES 16

struct SimpleCapParams gParams[MAXDEVICES];
CaptureClass *gDevice[MAXDEVICES] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
int gDoCapture[MAXDEVICES];
int gOptions[MAXDEVICES];
HRESULT gStatus[MAXDEVICES];


void CleanupDevice(int aDevice)
{
	if (gDevice[aDevice])
	{
		gDevice[aDevice]->deinitCapture();
		// Not deleted: Media Foundation may hold it, and call it, a while longer.
		gDevice[aDevice]->Release();
		gDevice[aDevice] = 0;
	}
}
HRESULT InitDevice(int aDevice)
{
	if (gDevice[aDevice])
	{
		CleanupDevice(aDevice);
	}
	gStatus[aDevice] = S_OK;
	gDevice[aDevice] = new CaptureClass;
	HRESULT hr = gDevice[aDevice]->initCapture(aDevice);
	if (FAILED(hr))
	{
		gStatus[aDevice] = hr;
		CleanupDevice(aDevice);
	}
	return hr;
}



int CountCaptureDevices()
{
	HRESULT hr = CoInitializeEx(NULL, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE);

	if (FAILED(hr)) return 0;

	hr = MFStartup(MF_VERSION);

	if (FAILED(hr)) return 0;

	// choose device
	IMFAttributes *attributes = NULL;
	hr = MFCreateAttributes(&attributes, 1);
	ScopedRelease<IMFAttributes> attributes_s(attributes);

	if (FAILED(hr)) return 0;

	hr = attributes->SetGUID(
		MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE,
		MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE_VIDCAP_GUID
		);
	if (FAILED(hr)) return 0;

	ChooseDeviceParam param = { 0 };
	hr = MFEnumDeviceSources(attributes, &param.mDevices, &param.mCount);

	if (FAILED(hr)) return 0;

	return param.mCount;
}

static void GetCaptureDeviceString(int aDevice, REFGUID aAttribute, char * aNamebuffer, int aBufferlength)
{
	if (!aNamebuffer || aBufferlength <= 0)
		return;

	aNamebuffer[0] = 0;

	HRESULT hr = CoInitializeEx(NULL, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE);

	if (FAILED(hr)) return;

	hr = MFStartup(MF_VERSION);

	if (FAILED(hr)) return;

	// choose device
	IMFAttributes *attributes = NULL;
	hr = MFCreateAttributes(&attributes, 1);
	ScopedRelease<IMFAttributes> attributes_s(attributes);

	if (FAILED(hr)) return;

	hr = attributes->SetGUID(
		MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE,
		MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE_VIDCAP_GUID
		);

	if (FAILED(hr)) return;

	ChooseDeviceParam param = { 0 };
	hr = MFEnumDeviceSources(attributes, &param.mDevices, &param.mCount);

	if (FAILED(hr)) return;

	if (aDevice < (signed)param.mCount)
	{
		WCHAR *name = 0;
		UINT32 namelen = 255;
		hr = param.mDevices[aDevice]->GetAllocatedString(
			aAttribute,
			&name,
			&namelen
			);
		if (SUCCEEDED(hr) && name)
		{
			// UTF-8; nothing if there is no room for all of it.
			int bytes = WideCharToMultiByte(CP_UTF8, 0, name, namelen, aNamebuffer, aBufferlength - 1, NULL, NULL);
			aNamebuffer[bytes] = 0;

			CoTaskMemFree(name);
		}
	}
}

void GetCaptureDeviceName(int aDevice, char * aNamebuffer, int aBufferlength)
{
	GetCaptureDeviceString(aDevice, MF_DEVSOURCE_ATTRIBUTE_FRIENDLY_NAME, aNamebuffer, aBufferlength);
}

void GetCaptureDeviceLink(int aDevice, char * aLinkbuffer, int aBufferlength)
{
	GetCaptureDeviceString(aDevice, MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE_VIDCAP_SYMBOLIC_LINK, aLinkbuffer, aBufferlength);
}

void CheckForFail(int aDevice)
{
	if (!gDevice[aDevice])
		return;

	if (gDevice[aDevice]->mRedoFromStart)
	{
		// A new object: Media Foundation may still call the old one, and an error of the old one
		// is for ever.
		CaptureClass *next = new CaptureClass;
		gDevice[aDevice]->deinitCapture();
		next->takeOver(*gDevice[aDevice]);
		gDevice[aDevice]->Release();
		gDevice[aDevice] = next;
		if (FAILED(next->initCapture(aDevice)))
		{
			// Why the first one failed says more than that no resolution is left.
			gStatus[aDevice] = next->mSampleStatus;
			CleanupDevice(aDevice);
		}
	}
}


int GetStatus(int aDevice)
{
	return gStatus[aDevice];
}


int GetErrorCode(int aDevice)
{
	if (!gDevice[aDevice])
		return 0;
	return gDevice[aDevice]->mErrorCode;
}

int GetErrorLine(int aDevice)
{
	if (!gDevice[aDevice])
		return 0;
	return gDevice[aDevice]->mErrorLine;
}


float GetProperty(int aDevice, int aProp)
{
	CheckForFail(aDevice);
	if (!gDevice[aDevice])
		return 0;
	float val;
	int autoval;
	gDevice[aDevice]->getProperty(aProp, val, autoval);
	return val;
}

int GetPropertyAuto(int aDevice, int aProp)
{
	CheckForFail(aDevice);
	if (!gDevice[aDevice])
		return 0;
	float val;
	int autoval;
	gDevice[aDevice]->getProperty(aProp, val, autoval);
	return autoval;
}

int SetProperty(int aDevice, int aProp, float aValue, int aAutoval)
{
	CheckForFail(aDevice);
	if (!gDevice[aDevice])
		return 0;
	return gDevice[aDevice]->setProperty(aProp, aValue, aAutoval);
}
