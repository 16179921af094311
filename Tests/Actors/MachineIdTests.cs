using System.Reflection;
using System.Runtime.CompilerServices;
using NetworkCluster.Hosting;
using Xunit;

namespace NetworkCluster.Tests.Actors;

public sealed class MachineIdTests
{
    // Before any test: whichever first speaks to others by Akka's transport has it look, once for the whole process.
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "the tests are a process of their own")]
    internal static void NameTheMachine() => HostNode.NameTheMachine();

    /// <summary>Links that come and go while a process starts must not end it: seen as a failed type initializer.</summary>
    [Fact]
    public void The_transport_does_not_look_through_the_interfaces()
    {
        var ids = Type.GetType("DotNetty.Transport.Channels.DefaultChannelId, DotNetty.Transport", throwOnError: true)!;
        RuntimeHelpers.RunClassConstructor(ids.TypeHandle);
        var id = (byte[])ids.GetField("MachineId", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
        Assert.Equal([0x6e, 0x77, 0x63, 0x31], id.Where(digit => digit != 0));
    }
}
