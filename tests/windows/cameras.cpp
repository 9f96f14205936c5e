// Cameras for a Windows that has none: as much of Media Foundation as ESCAPI calls, so that the
// program can be tried under Wine as it is. Compiled three times, as mf.dll, mfplat.dll and
// mfreadwrite.dll, which must lie beside the program and be preferred to Wine's own.
//
// The file that TTYCHAT_FAKE_CAMERAS names has a line for each camera that is plugged in:
//
//     LINK <tab> NAME <tab> BEHAVIOUR <tab> TYPE WIDTH HEIGHT [TYPE WIDTH HEIGHT]...
//
// in UTF-8, TYPE being MJPG, NV12, RGB4 or YUY2. It is read again before each picture. BEHAVIOUR is
// one of: ok; busy (another program streams); denied (privacy settings); silent (no picture ever,
// as some virtual cameras); picky (the first type fails). A camera whose line is gone was unplugged.
// TTYCHAT_FAKE_LOG names a file that tells when a lamp goes on or off.
//
// Pictures are eight bars: white, yellow, cyan, green, magenta, red, blue, black.

#include <mfapi.h>
#include <mferror.h>
#include <mfidl.h>
#include <mfreadwrite.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Kind {
	DWORD code;
	UINT32 width, height;
};

struct Line {
	std::string link, name, behaviour;
	std::vector<Kind> kinds;
};

DWORD code_of(const std::string &name) {
	if (name == "RGB4") return MFVideoFormat_RGB32.Data1;
	return MAKEFOURCC(name[0], name[1], name[2], name[3]);
}

std::vector<Line> plugged_in() {
	std::vector<Line> lines;
	const char *path = getenv("TTYCHAT_FAKE_CAMERAS");
	std::ifstream file(path ? path : "");
	for (std::string text; std::getline(file, text);) {
		Line line;
		std::istringstream fields(text);
		std::string kinds, type;
		std::getline(fields, line.link, '\t');
		std::getline(fields, line.name, '\t');
		std::getline(fields, line.behaviour, '\t');
		std::getline(fields, kinds);
		std::istringstream words(kinds);
		for (UINT32 width, height; words >> type >> width >> height;)
			line.kinds.push_back({code_of(type), width, height});
		lines.push_back(line);
	}
	return lines;
}

// Empty when it is not there.
std::vector<Line> find(const std::string &link) {
	std::vector<Line> lines = plugged_in();
	lines.erase(std::remove_if(lines.begin(), lines.end(),
		[&](const Line &line) { return line.link != link; }), lines.end());
	return lines;
}

void note(const std::string &what) {
	if (const char *path = getenv("TTYCHAT_FAKE_LOG"))
		std::ofstream(path, std::ios::app | std::ios::binary) << what << "\n";
}

GUID guid_of(DWORD code) {
	GUID guid = MFVideoFormat_Base;
	guid.Data1 = code;
	return guid;
}

struct GuidLess {
	bool operator()(const GUID &a, const GUID &b) const { return memcmp(&a, &b, sizeof a) < 0; }
};

// Counts references; what is left of an object when there is none is deleted.
template <class Interface> struct Counted : Interface {
	LONG references = 1;
	virtual ~Counted() {}
	STDMETHODIMP QueryInterface(REFIID, void **out) override { *out = 0; return E_NOINTERFACE; }
	STDMETHODIMP_(ULONG) AddRef() override { return InterlockedIncrement(&references); }
	STDMETHODIMP_(ULONG) Release() override {
		ULONG left = InterlockedDecrement(&references);
		if (left == 0) delete this;
		return left;
	}
};

#define NOT_HERE override { return E_NOTIMPL; }

template <class Interface> struct Attributes : Counted<Interface> {
	std::map<GUID, UINT64, GuidLess> numbers;
	std::map<GUID, GUID, GuidLess> guids;
	std::map<GUID, std::string, GuidLess> strings;
	std::map<GUID, IUnknown *, GuidLess> unknowns;

	~Attributes() { for (auto &entry : unknowns) entry.second->Release(); }
	template <class Map, class Out> HRESULT look(Map &map, REFGUID key, Out *out) {
		auto entry = map.find(key);
		if (entry == map.end()) return MF_E_ATTRIBUTENOTFOUND;
		*out = (Out)entry->second;
		return S_OK;
	}
	STDMETHODIMP GetUINT32(REFGUID key, UINT32 *out) override { return look(numbers, key, out); }
	STDMETHODIMP GetUINT64(REFGUID key, UINT64 *out) override { return look(numbers, key, out); }
	STDMETHODIMP GetGUID(REFGUID key, GUID *out) override { return look(guids, key, out); }
	STDMETHODIMP SetUINT32(REFGUID key, UINT32 value) override { numbers[key] = value; return S_OK; }
	STDMETHODIMP SetUINT64(REFGUID key, UINT64 value) override { numbers[key] = value; return S_OK; }
	STDMETHODIMP SetGUID(REFGUID key, REFGUID value) override { guids[key] = value; return S_OK; }
	STDMETHODIMP SetUnknown(REFGUID key, IUnknown *value) override {
		value->AddRef();
		unknowns[key] = value;
		return S_OK;
	}
	STDMETHODIMP GetAllocatedString(REFGUID key, LPWSTR *out, UINT32 *length) override {
		auto entry = strings.find(key);
		if (entry == strings.end()) return MF_E_ATTRIBUTENOTFOUND;
		const std::string &text = entry->second;
		int units = MultiByteToWideChar(CP_UTF8, 0, text.data(), text.size(), 0, 0);
		*out = (LPWSTR)CoTaskMemAlloc((units + 1) * sizeof(WCHAR));
		MultiByteToWideChar(CP_UTF8, 0, text.data(), text.size(), *out, units);
		(*out)[units] = 0;
		*length = units;
		return S_OK;
	}
	STDMETHODIMP GetItem(REFGUID, PROPVARIANT *) NOT_HERE
	STDMETHODIMP GetItemType(REFGUID, MF_ATTRIBUTE_TYPE *) NOT_HERE
	STDMETHODIMP CompareItem(REFGUID, REFPROPVARIANT, WINBOOL *) NOT_HERE
	STDMETHODIMP Compare(IMFAttributes *, MF_ATTRIBUTES_MATCH_TYPE, WINBOOL *) NOT_HERE
	STDMETHODIMP GetDouble(REFGUID, double *) NOT_HERE
	STDMETHODIMP GetStringLength(REFGUID, UINT32 *) NOT_HERE
	STDMETHODIMP GetString(REFGUID, LPWSTR, UINT32, UINT32 *) NOT_HERE
	STDMETHODIMP GetBlobSize(REFGUID, UINT32 *) NOT_HERE
	STDMETHODIMP GetBlob(REFGUID, UINT8 *, UINT32, UINT32 *) NOT_HERE
	STDMETHODIMP GetAllocatedBlob(REFGUID, UINT8 **, UINT32 *) NOT_HERE
	STDMETHODIMP GetUnknown(REFGUID, REFIID, LPVOID *) NOT_HERE
	STDMETHODIMP SetItem(REFGUID, REFPROPVARIANT) NOT_HERE
	STDMETHODIMP DeleteItem(REFGUID) NOT_HERE
	STDMETHODIMP DeleteAllItems() NOT_HERE
	STDMETHODIMP SetDouble(REFGUID, double) NOT_HERE
	STDMETHODIMP SetString(REFGUID, LPCWSTR) NOT_HERE
	STDMETHODIMP SetBlob(REFGUID, const UINT8 *, UINT32) NOT_HERE
	STDMETHODIMP LockStore() NOT_HERE
	STDMETHODIMP UnlockStore() NOT_HERE
	STDMETHODIMP GetCount(UINT32 *) NOT_HERE
	STDMETHODIMP GetItemByIndex(UINT32, GUID *, PROPVARIANT *) NOT_HERE
	STDMETHODIMP CopyAllItems(IMFAttributes *) NOT_HERE
};

struct Type : Attributes<IMFMediaType> {
	explicit Type(const Kind &kind) {
		guids[MF_MT_SUBTYPE] = guid_of(kind.code);
		numbers[MF_MT_FRAME_SIZE] = (UINT64)kind.width << 32 | kind.height;
	}
	STDMETHODIMP GetMajorType(GUID *) NOT_HERE
	STDMETHODIMP IsCompressedFormat(WINBOOL *) NOT_HERE
	STDMETHODIMP IsEqual(IMFMediaType *, DWORD *) NOT_HERE
	STDMETHODIMP GetRepresentation(GUID, LPVOID *) NOT_HERE
	STDMETHODIMP FreeRepresentation(GUID, LPVOID) NOT_HERE
};

// Red, green, blue; Y, Cb, Cr of BT.601, limited.
const BYTE BARS[8][6] = {
	{255, 255, 255, 235, 128, 128}, {255, 255, 0, 210, 16, 146}, {0, 255, 255, 170, 166, 16},
	{0, 255, 0, 145, 54, 34}, {255, 0, 255, 106, 202, 222}, {255, 0, 0, 81, 90, 240},
	{0, 0, 255, 41, 240, 110}, {0, 0, 0, 16, 128, 128},
};

struct Buffer : Counted<IMFMediaBuffer> {
	std::vector<BYTE> bytes;
	explicit Buffer(const Kind &kind) {
		auto bar = [&](UINT32 x) { return BARS[x * 8 / kind.width]; };
		for (UINT32 y = 0; y < kind.height; y++)
			for (UINT32 x = 0; x < kind.width; x++) {
				const BYTE *b = bar(x);
				if (kind.code == MFVideoFormat_RGB32.Data1)
					bytes.insert(bytes.end(), {b[2], b[1], b[0], 0});
				else if (kind.code == MFVideoFormat_YUY2.Data1)
					bytes.insert(bytes.end(), {b[3], bar(x & ~1u)[4 + x % 2]});
				else
					bytes.push_back(b[3]);
			}
		if (kind.code == MFVideoFormat_NV12.Data1)
			for (UINT32 i = 0; i < kind.width * kind.height / 2; i++)
				bytes.push_back(bar(i % kind.width & ~1u)[4 + i % 2]);
	}
	STDMETHODIMP Lock(BYTE **out, DWORD *, DWORD *) override { *out = bytes.data(); return S_OK; }
	STDMETHODIMP Unlock() override { return S_OK; }
	STDMETHODIMP GetCurrentLength(DWORD *) NOT_HERE
	STDMETHODIMP SetCurrentLength(DWORD) NOT_HERE
	STDMETHODIMP GetMaxLength(DWORD *) NOT_HERE
};

struct Sample : Attributes<IMFSample> {
	Buffer *buffer;
	explicit Sample(Buffer *the) : buffer(the) { buffer->AddRef(); }
	~Sample() { buffer->Release(); }
	STDMETHODIMP GetBufferByIndex(DWORD, IMFMediaBuffer **out) override {
		buffer->AddRef();
		*out = buffer;
		return S_OK;
	}
	STDMETHODIMP GetSampleFlags(DWORD *) NOT_HERE
	STDMETHODIMP SetSampleFlags(DWORD) NOT_HERE
	STDMETHODIMP GetSampleTime(LONGLONG *) NOT_HERE
	STDMETHODIMP SetSampleTime(LONGLONG) NOT_HERE
	STDMETHODIMP GetSampleDuration(LONGLONG *) NOT_HERE
	STDMETHODIMP SetSampleDuration(LONGLONG) NOT_HERE
	STDMETHODIMP GetBufferCount(DWORD *) NOT_HERE
	STDMETHODIMP ConvertToContiguousBuffer(IMFMediaBuffer **) NOT_HERE
	STDMETHODIMP AddBuffer(IMFMediaBuffer *) NOT_HERE
	STDMETHODIMP RemoveBufferByIndex(DWORD) NOT_HERE
	STDMETHODIMP RemoveAllBuffers() NOT_HERE
	STDMETHODIMP GetTotalLength(DWORD *) NOT_HERE
	STDMETHODIMP CopyToBuffer(IMFMediaBuffer *) NOT_HERE
};

struct Source : Counted<IMFMediaSource> {
	std::string link;
	explicit Source(const std::string &the) : link(the) {}
	STDMETHODIMP GetEvent(DWORD, IMFMediaEvent **) NOT_HERE
	STDMETHODIMP BeginGetEvent(IMFAsyncCallback *, IUnknown *) NOT_HERE
	STDMETHODIMP EndGetEvent(IMFAsyncResult *, IMFMediaEvent **) NOT_HERE
	STDMETHODIMP QueueEvent(MediaEventType, REFGUID, HRESULT, const PROPVARIANT *) NOT_HERE
	STDMETHODIMP GetCharacteristics(DWORD *) NOT_HERE
	STDMETHODIMP CreatePresentationDescriptor(IMFPresentationDescriptor **) NOT_HERE
	STDMETHODIMP Start(IMFPresentationDescriptor *, const GUID *, const PROPVARIANT *) NOT_HERE
	STDMETHODIMP Stop() NOT_HERE
	STDMETHODIMP Pause() NOT_HERE
	STDMETHODIMP Shutdown() override { return S_OK; }
};

struct Activate : Attributes<IMFActivate> {
	Line line;
	explicit Activate(const Line &the) : line(the) {
		strings[MF_DEVSOURCE_ATTRIBUTE_FRIENDLY_NAME] = line.name;
		strings[MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE_VIDCAP_SYMBOLIC_LINK] = line.link;
	}
	STDMETHODIMP ActivateObject(REFIID, void **out) override {
		*out = 0;
		if (line.behaviour == "denied") return E_ACCESSDENIED;
		*out = static_cast<IMFMediaSource *>(new Source(line.link));
		return S_OK;
	}
	STDMETHODIMP ShutdownObject() NOT_HERE
	STDMETHODIMP DetachObject() NOT_HERE
};

// Calls back from a thread of its own, once more after it was released, and lets go of whom it
// calls only then; Media Foundation may do all of this.
struct Reader : Counted<IMFSourceReader> {
	std::string link;
	IMFSourceReaderCallback *callback;
	UINT64 size = 0;
	GUID subtype = GUID_NULL;
	UINT32 index = 0;
	LONG requests = 0, closing = 0;

	Reader(const std::string &the, IMFSourceReaderCallback *back) : link(the), callback(back) {
		callback->AddRef();
		note("on " + link);
		references = 2; // The second is the thread's.
		CloseHandle(CreateThread(0, 0, run, this, 0, 0));
	}
	~Reader() {
		note("off " + link);
		callback->Release();
	}
	STDMETHODIMP_(ULONG) Release() override {
		ULONG left = InterlockedDecrement(&references);
		if (left == 1) InterlockedExchange(&closing, 1);
		if (left == 0) delete this;
		return left;
	}
	static DWORD WINAPI run(void *reader) {
		static_cast<Reader *>(reader)->work();
		return 0;
	}
	void work() {
		Buffer *buffer = 0;
		while (!closing) {
			Sleep(33);
			if (!requests || closing) continue;
			std::vector<Line> now = find(link);
			std::string behaviour = now.empty() ? "gone" : now[0].behaviour;
			if (behaviour == "silent") continue;
			InterlockedDecrement(&requests);
			HRESULT status = S_OK;
			if (behaviour == "gone") status = MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED;
			if (behaviour == "busy") status = MF_E_HW_MFT_FAILED_START_STREAMING;
			if (behaviour == "picky" && index == 0) status = HRESULT_FROM_WIN32(ERROR_NOT_FOUND);
			if (!buffer) buffer = new Buffer({subtype.Data1, (UINT32)(size >> 32), (UINT32)size});
			Sample *sample = FAILED(status) ? 0 : new Sample(buffer);
			callback->OnReadSample(status, 0, 0, 0, sample);
			if (sample) sample->Release();
		}
		Sleep(50);
		if (requests) callback->OnReadSample(MF_E_SHUTDOWN, 0, 0, 0, 0);
		if (buffer) buffer->Release();
		Release();
	}
	STDMETHODIMP GetNativeMediaType(DWORD, DWORD number, IMFMediaType **out) override {
		std::vector<Line> now = find(link);
		if (now.empty()) return MF_E_VIDEO_RECORDING_DEVICE_INVALIDATED;
		if (number >= now[0].kinds.size()) return MF_E_NO_MORE_TYPES;
		Type *type = new Type(now[0].kinds[number]);
		type->numbers[MF_MT_SAMPLE_SIZE] = number;
		*out = type;
		return S_OK;
	}
	STDMETHODIMP SetCurrentMediaType(DWORD, DWORD *, IMFMediaType *type) override {
		GUID asked = GUID_NULL;
		UINT64 area = 0;
		type->GetGUID(MF_MT_SUBTYPE, &asked);
		type->GetUINT64(MF_MT_FRAME_SIZE, &area);
		for (const Line &line : find(link))
			for (const Kind &kind : line.kinds)
				if (guid_of(kind.code) == asked && area == ((UINT64)kind.width << 32 | kind.height)) {
					subtype = asked;
					size = area;
					type->GetUINT32(MF_MT_SAMPLE_SIZE, &index);
					return S_OK;
				}
		return MF_E_INVALIDMEDIATYPE;
	}
	STDMETHODIMP ReadSample(DWORD, DWORD, DWORD *, DWORD *, LONGLONG *, IMFSample **) override {
		InterlockedIncrement(&requests);
		return S_OK;
	}
	STDMETHODIMP GetStreamSelection(DWORD, WINBOOL *) NOT_HERE
	STDMETHODIMP SetStreamSelection(DWORD, WINBOOL) NOT_HERE
	STDMETHODIMP GetCurrentMediaType(DWORD, IMFMediaType **) NOT_HERE
	STDMETHODIMP SetCurrentPosition(REFGUID, REFPROPVARIANT) NOT_HERE
	STDMETHODIMP Flush(DWORD) NOT_HERE
	STDMETHODIMP GetServiceForStream(DWORD, REFGUID, REFIID, void **) NOT_HERE
	STDMETHODIMP GetPresentationAttribute(DWORD, REFGUID, PROPVARIANT *) NOT_HERE
};

} // namespace

#define EXPORT extern "C" __declspec(dllexport) HRESULT WINAPI

EXPORT Fake_Startup(ULONG, DWORD) { return S_OK; }

EXPORT Fake_CreateAttributes(IMFAttributes **out, UINT32) {
	*out = new Attributes<IMFAttributes>;
	return S_OK;
}

EXPORT Fake_GetStrideForBitmapInfoHeader(DWORD code, DWORD width, LONG *stride) {
	bool is_rgb = code == MFVideoFormat_RGB32.Data1;
	*stride = width * (is_rgb ? 4 : code == MFVideoFormat_YUY2.Data1 ? 2 : 1);
	return S_OK;
}

EXPORT Fake_CopyImage(BYTE *to, LONG to_stride, const BYTE *from, LONG stride, DWORD len, DWORD rows) {
	for (DWORD row = 0; row < rows; row++)
		memcpy(to + (LONG)row * to_stride, from + (LONG)row * stride, len);
	return S_OK;
}

EXPORT Fake_EnumDeviceSources(IMFAttributes *, IMFActivate ***out, UINT32 *count) {
	std::vector<Line> lines = plugged_in();
	*count = lines.size();
	*out = (IMFActivate **)CoTaskMemAlloc(lines.size() * sizeof **out + 1);
	for (size_t i = 0; i < lines.size(); i++) (*out)[i] = new Activate(lines[i]);
	return S_OK;
}

EXPORT Fake_CreateSourceReaderFromMediaSource(IMFMediaSource *source, IMFAttributes *attributes,
	IMFSourceReader **out) {
	auto *all = static_cast<Attributes<IMFAttributes> *>(attributes);
	IUnknown *callback = all->unknowns[MF_SOURCE_READER_ASYNC_CALLBACK];
	*out = new Reader(static_cast<Source *>(source)->link, (IMFSourceReaderCallback *)callback);
	return S_OK;
}
