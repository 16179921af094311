using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace NetworkCluster.Serialization;

/// <summary>
/// Stands where Akka.NET's default serializer (JSON with type names inside, id 1) would be: whoever can reach the port must not be able to name types to be made.
/// What it refuses to write is a message of ours without a manifest: a mistake to be seen at once.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>The constructor that Akka.NET looks for where the serializer has settings.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings) : base(system) => _ = settings;

    /// <inheritdoc/>
    public override int Identifier => 4712;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} may not leave the process");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("refused");
}
