using Hero.Saving;
using Hero.Testing;

namespace Hero.Tests.Saving;

public class AtomicFileTests
{
    [Fact]
    public void Writes_a_new_file_and_makes_its_folder()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("deep", "er", "new.bin");
        AtomicFile.Write(path, stream => stream.Write([1, 2, 3]));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.File("deep", "er")));
    }

    [Fact]
    public void Replaces_a_longer_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");
        File.WriteAllBytes(path, new byte[1000]);
        AtomicFile.Write(path, stream => stream.WriteByte(7));
        Assert.Equal([7], File.ReadAllBytes(path));
    }

    [Fact]
    public void An_exception_in_the_writer_leaves_the_previous_file_whole_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");
        File.WriteAllText(path, "previous");
        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal("previous", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(70_000)]
    public void A_full_disk_leaves_the_previous_file_whole_and_nothing_beside_it(int room)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");
        File.WriteAllText(path, "previous");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            for (var i = 0; i < 100; i++) stream.Write(new byte[1000]);
        }, file => new FullDisk(file, room)));
        Assert.Equal(FullDisk.Message, error.Message);
        Assert.Equal("previous", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void While_it_writes_a_reader_sees_the_previous_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.bin");
        File.WriteAllText(path, "previous");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("next"u8);
            stream.Flush();
            Assert.Equal("previous", File.ReadAllText(path));
        });
        Assert.Equal("next", File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_in_the_way_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<UnauthorizedAccessException>(() => AtomicFile.Write(folder.Root, _ => { }));
        Assert.Contains(folder.Root, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_stays_a_link_and_the_mode_stays_the_mode()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        var target = folder.File("target.bin");
        File.WriteAllText(target, "previous");
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var link = folder.File("link.bin");
        File.CreateSymbolicLink(link, target);
        AtomicFile.Write(link, stream => stream.Write("next"u8));
        Assert.Equal("next", File.ReadAllText(target));
        Assert.NotNull(File.ResolveLinkTarget(link, returnFinalTarget: false));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
    }

    private sealed class FullDisk(Stream inner, int room) : Stream
    {
        public const string Message = "No space left on device";
        private int left = room;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (count > left) throw new IOException(Message);
            left -= count;
            inner.Write(buffer, offset, count);
        }

        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
