using System.Collections.Immutable;
using System.Text;
using NetworkCluster.DockerApi;
using NetworkCluster.Hosts;

namespace NetworkCluster.Commands.Networks.Files;

/// <summary>Where networks are read from: a document that comes as the command's input, or the engine on this host.</summary>
internal sealed class FileSources(HostId host, TimeProvider time)
{
    /// <summary>Largest document in bytes: some ten thousand networks.</summary>
    public const int LargestBytes = 4 * 1024 * 1024;

    /// <summary>The options that choose the engine.</summary>
    public static ImmutableArray<OptionSpec> Options { get; } =
    [
        new() { Name = "from-docker", Description = "Take the networks of the Docker engine on the host that is asked, but for its predefined ones" },
        new() { Name = "socket", ValueName = "path", Description = "Where that engine listens, on the host that is asked", Default = DockerEngine.DefaultSocket },
    ];

    /// <summary>Whether the engine was chosen.</summary>
    /// <exception cref="UsageException">A socket was named, and no engine.</exception>
    public static bool IsEngine(Invocation invocation) => invocation.Has("from-docker") || (invocation.Value("socket") is null ? false : throw new UsageException("--socket belongs to --from-docker"));

    private FileOrigin Origin => new(host, time.GetUtcNow());

    /// <summary>The document's networks; what is wrong with its form is written.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public async Task<(bool Read, ImmutableArray<FileNetwork> Networks)> DocumentAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        if (invocation.Value("file") is not { } file) throw new UsageException("name a file, '-' for standard input, or --from-docker");
        if (invocation.Input is not { } input) throw new UsageException("the document comes as the command's input: this client has sent none");
        var (networks, problems) = NetworkFileReader.Read(await TextAsync(file, input, cancel), file, Origin);
        foreach (var problem in problems) await output.ErrorAsync(nameof(InvalidRequest), $"{file}:{problem.Line}: {problem.Text}", cancel);
        return (problems.IsEmpty, networks);
    }

    /// <summary>The engine's networks; what cannot be taken over is written as notices, and that it does not answer as an error.</summary>
    public async Task<(DockerEngine? Engine, ImmutableArray<FileNetwork> Networks)> EngineAsync(Invocation invocation, ICommandOutput output, CancellationToken cancel)
    {
        var engine = new DockerEngine(invocation.Value("socket") ?? DockerEngine.DefaultSocket);
        try
        {
            var taken = (await engine.NetworksAsync(cancel)).Select(network => EngineNetworks.Take(network, engine.Socket, Origin)).ToList();
            foreach (var note in taken.SelectMany(network => network.Notes)) await output.WriteAsync(new NoticeFrame(note), cancel);
            return (engine, [.. taken.Select(network => network.Network).OfType<FileNetwork>().OrderBy(network => network.Request.Name, StringComparer.Ordinal)]);
        }
        catch (DockerEngineException cause)
        {
            await output.ErrorAsync("DockerEngine", cause.Message, cancel);
            return (null, []);
        }
    }

    private static async Task<string> TextAsync(string file, Stream input, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        var piece = new byte[16 * 1024];
        while (await input.ReadAsync(piece, cancel) is > 0 and var count)
        {
            bytes.Write(piece.AsSpan(0, count));
            if (bytes.Length > LargestBytes) throw new UsageException($"{file} is larger than {LargestBytes / 1024 / 1024} MiB");
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{file} is no text in UTF-8");
        }
    }
}
