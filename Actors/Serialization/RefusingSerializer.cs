using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace NetworkCluster.Serialization;

/// <summary>
/// Stands where Akka.NET's default serializer (JSON with type names inside, id 1) would be, and that of remote deployment, which makes an actor of whatever type is named: whoever can reach the port must not be able to
/// name types to be made.
/// What it refuses to write is a message of ours without a manifest: a mistake to be seen at once.
/// </summary>
public sealed class RefusingSerializer : SerializerWithStringManifest
{
    /// <summary>The constructor that Akka.NET looks for.</summary>
    public RefusingSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    /// <summary>The same where the serializer has settings.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings) : base(system) => _ = settings;

    /// <inheritdoc/>
    public override int Identifier => 4712;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} may not leave the process");

    // Text, so that the type that is named is not even looked for.
    /// <inheritdoc/>
    public override string Manifest(object o) => "";

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => throw new SerializationException("refused: nothing is made of what names its own type");
}
