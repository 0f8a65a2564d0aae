using System.Runtime.Intrinsics;

namespace Hero.Engine.Tests.Cpu.Kernels;

/// <summary>The tests run again with instruction sets switched off; this checks that the switches work, so that those runs mean something.</summary>
public class InstructionSetTests
{
    [Fact]
    public void What_is_switched_off_is_off()
    {
        if (Off("DOTNET_EnableAVX512")) Assert.False(Vector512.IsHardwareAccelerated);
        if (Off("DOTNET_EnableAVX2")) Assert.False(Vector256.IsHardwareAccelerated);
        if (Off("DOTNET_EnableHWIntrinsic")) Assert.False(Vector128.IsHardwareAccelerated);
    }

    private static bool Off(string name) => Environment.GetEnvironmentVariable(name) == "0";
}
