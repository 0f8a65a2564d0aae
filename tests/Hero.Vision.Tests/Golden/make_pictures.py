"""Makes pictures.json: picture files written by libjpeg-turbo and Pillow, and the CRC-32 of the pixels those two decode them to.

The picture is drawn by code (draw below, the same as GoldenPicturesTests.Draw). Run with Debian's python3 with python3-pil and
libjpeg-turbo-progs (cjpeg): /usr/bin/python3 make_pictures.py. The file names the versions it was made with.
"""
import base64, io, json, os, subprocess, tempfile, zlib
import PIL
from PIL import Image, features

RESIZES = [(61, 47), (224, 224), (20, 33), (7, 5), (1, 1), (150, 4)]


def draw(width, height):
    rows = bytearray()
    for y in range(height):
        for x in range(width):
            for c in range(3):
                rows.append((x * (3 + c) + y * (5 - c) + (x * y >> (3 + c)) + (90 if (x // 9 + y // 7 + c) % 3 == 0 else 0)) % 256)
    return Image.frombytes('RGB', (width, height), bytes(rows))


def crc(image):
    return '%08x' % zlib.crc32(image.tobytes())


def entry(name, data, mode='RGB', reduce=1):
    image = Image.open(io.BytesIO(data))
    full = image.size
    target = (0, 0)
    if reduce > 1:
        image.draft(mode, (full[0] // reduce, full[1] // reduce))
        target = image.size
    elif mode == 'L':
        image.draft('L', full)
    image = image.convert(mode)
    return {'file': name, 'mode': mode, 'targetWidth': target[0], 'targetHeight': target[1], 'width': image.size[0], 'height': image.size[1], 'crc': crc(image)}


def pillow(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def cjpeg(image, *options, scans=None):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'a.ppm')
        image.save(path)
        options = list(options)
        if scans:
            with open(os.path.join(folder, 'scans'), 'w') as file:
                file.write(scans)
            options += ['-scans', os.path.join(folder, 'scans')]
        return subprocess.run(['cjpeg', *options, path], check=True, capture_output=True).stdout


def main():
    small = draw(43, 29)
    files = []
    for sampling in ['1x1', '2x1', '1x2', '2x2', '4x1', '2x4', '2x1,1x1,2x1', '2x2,1x2,1x2', '1x1,2x2,1x1', '3x1']:
        for options in [[], ['-progressive']]:
            files.append((f'jpeg {sampling} {" ".join(options)}', cjpeg(small, '-quality', '75', '-sample', sampling, *options)))
    files += [
        ('jpeg red green blue', cjpeg(small, '-rgb')),
        ('jpeg restart progressive', cjpeg(small, '-restart', '1', '-progressive', '-sample', '2x2')),
        ('jpeg quality 3', cjpeg(small, '-quality', '3')),
        ('jpeg quality 100', cjpeg(small, '-quality', '100', '-sample', '1x1')),
        ('jpeg scan for scan', cjpeg(small, '-sample', '2x2', '-restart', '2B', scans='0;\n1 2;\n')),
        ('jpeg 2 x 3', cjpeg(draw(2, 3), '-sample', '2x2')),
        ('jpeg 5 x 1', cjpeg(draw(5, 1), '-sample', '2x2')),
        ('bmp', pillow(draw(13, 7), 'BMP')),
        ('bmp palette', pillow(draw(13, 7).quantize(16), 'BMP')),
        ('bmp alpha', pillow(draw(13, 7).convert('RGBA'), 'BMP')),
        ('png', pillow(small, 'PNG')),
        ('png palette', pillow(small.quantize(13), 'PNG', bits=4)),
        ('png alpha', pillow(small.convert('RGBA'), 'PNG')),
        ('png bits', pillow(small.convert('1'), 'PNG')),
    ]
    entries = [entry(name, data) for name, data in files]
    entries += [entry(name, data, 'L') for name, data in files[:4]]
    entries += [entry(name, data, 'RGB', reduce) for name, data in files[:8] for reduce in (2, 4, 8)]

    source = draw(61, 47)
    resized = [{'width': w, 'height': h, 'crc': crc(source.resize((w, h), Image.BILINEAR)), 'greyCrc': crc(source.convert('L').resize((w, h), Image.BILINEAR))} for w, h in RESIZES]
    origin = f'Pillow {PIL.__version__}, libjpeg-turbo {features.version_feature("libjpeg_turbo")}, by make_pictures.py'
    with open(os.path.join(os.path.dirname(__file__), 'pictures.json'), 'w') as file:
        encoded = {name: base64.b64encode(data).decode() for name, data in files}
        json.dump({'origin': origin, 'files': encoded, 'decoded': entries, 'resized': resized}, file, indent=1)
        file.write('\n')


main()
