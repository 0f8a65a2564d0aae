using System.Globalization;
using System.Runtime.InteropServices;
using Hero.Cpu.Runtime;

namespace Hero.Engine.Tests.Cpu.Runtime;

public sealed unsafe class CodeMemoryTests
{
    [SkippableFact]
    public void Code_runs_from_memory_that_cannot_be_written_any_more()
    {
        Skip.IfNot(RuntimeInformation.ProcessArchitecture == Architecture.X64, "The code of this test is for x64.");
        byte[] fortyTwo = [0xB8, 42, 0, 0, 0, 0xC3];   // mov eax, 42; ret
        var code = (delegate* unmanaged<int>)CodeMemory.Place(fortyTwo);
        Skip.If(code == null, "This system does not allow code to be made at run time.");
        Assert.Equal(42, code());
        if (OperatingSystem.IsLinux()) Assert.Equal("r-xp", Permissions((nint)code));
    }

    [SkippableFact]
    public void No_memory_of_the_process_is_writable_and_executable_for_the_matrix_unit()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Reads /proc.");
        byte[] code = [0xC3];
        var places = Enumerable.Range(0, 3).Select(_ => (nint)CodeMemory.Place(code)).Where(place => place != 0).ToList();
        Assert.All(places, place => Assert.DoesNotContain('w', Permissions(place)));
        Assert.Equal(places.Count, places.Distinct().Count());
    }

    private static string Permissions(nint address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var parts = line.Split(' ');
            var range = Array.ConvertAll(parts[0].Split('-'), text => nint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            if (address >= range[0] && address < range[1]) return parts[1];
        }
        return "not mapped";
    }
}
