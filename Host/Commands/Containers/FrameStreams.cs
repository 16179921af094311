using NetworkCluster.Linux;

namespace NetworkCluster.Commands.Containers;

/// <summary>A command's streams as frames of an answer.</summary>
internal sealed class FrameStreams(Invocation invocation, ICommandOutput output) : IExecStreams
{
    public Stream Input => invocation.Input ?? Stream.Null;

    public ValueTask WriteOutputAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => output.WriteAsync(new BytesFrame(data), cancel);

    public ValueTask WriteErrorAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => output.WriteAsync(new BytesFrame(data, IsError: true), cancel);
}
