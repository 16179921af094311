using System.Runtime.CompilerServices;
using Xunit;

namespace NetworkCluster.Tests.Support;

/// <summary>Text that a person has read and approved, in a file beside the test.</summary>
internal static class Approved
{
    /// <summary>Compares with the approved file; writes what was received beside it when they differ.</summary>
    public static void Verify(string received, string name, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, $"{name}.approved.txt");
        var approved = File.Exists(file) ? File.ReadAllText(file) : "";
        if (approved != received) File.WriteAllText(file.Replace(".approved.", ".received.", StringComparison.Ordinal), received);
        Assert.Equal(approved, received);
    }
}
