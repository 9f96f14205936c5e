/* Stands between a program and a V4L2 driver (LD_PRELOAD), so that the driver offers one thing
 * only and the real program has to take it. For tests/camera. Files in /run/offer say what:
 *
 *   format   four characters: the only pixel format
 *   size     WIDTHxHEIGHT: the only size of each format
 *   padding  bytes that rows are longer than they need to be
 *
 * Where there is no such file, all is as without this. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* The `v4l` crate makes its ioctls with it. */
typedef long (*syscall_function)(long, ...);

static syscall_function next(void)
{
    static syscall_function found;
    if (!found)
        found = (syscall_function)dlsym(RTLD_NEXT, "syscall");
    return found;
}

/* How many things were read. */
static int read_file(const char *path, const char *pattern, void *a, void *b)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    int count = fscanf(file, pattern, a, b);
    fclose(file);
    return count;
}

static long fail(int code)
{
    errno = code;
    return -1;
}

static long enumerate_formats(int fd, struct v4l2_fmtdesc *offer)
{
    char only[5] = "";
    if (!read_file("/run/offer/format", "%4c", only, NULL))
        return next()(SYS_ioctl, fd, VIDIOC_ENUM_FMT, offer);
    if (offer->index > 0)
        return fail(EINVAL);
    offer->flags = 0;
    memcpy(&offer->pixelformat, only, 4);
    return 0;
}

static long enumerate_sizes(int fd, struct v4l2_frmsizeenum *offer)
{
    unsigned width, height;
    if (read_file("/run/offer/size", "%ux%u", &width, &height) < 2)
        return next()(SYS_ioctl, fd, VIDIOC_ENUM_FRAMESIZES, offer);
    if (offer->index > 0)
        return fail(EINVAL);
    offer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    offer->discrete.width = width;
    offer->discrete.height = height;
    return 0;
}

static long set_format(int fd, struct v4l2_format *format)
{
    unsigned padding;
    if (read_file("/run/offer/padding", "%u", &padding, NULL) == 1) {
        struct v4l2_format natural = *format;
        long result = next()(SYS_ioctl, fd, VIDIOC_TRY_FMT, &natural);
        if (result)
            return result;
        format->fmt.pix.bytesperline = natural.fmt.pix.bytesperline + padding;
    }
    return next()(SYS_ioctl, fd, VIDIOC_S_FMT, format);
}

long syscall(long number, ...)
{
    long a[6];
    va_list list;
    va_start(list, number);
    for (int index = 0; index < 6; index++)
        a[index] = va_arg(list, long);
    va_end(list);
    switch (number == SYS_ioctl ? (unsigned long)a[1] : 0) {
    case VIDIOC_ENUM_FMT:
        return enumerate_formats((int)a[0], (struct v4l2_fmtdesc *)a[2]);
    case VIDIOC_ENUM_FRAMESIZES:
        return enumerate_sizes((int)a[0], (struct v4l2_frmsizeenum *)a[2]);
    case VIDIOC_S_FMT:
        return set_format((int)a[0], (struct v4l2_format *)a[2]);
    default:
        return next()(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}
