using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NetworkCluster.Commands.Documents;

/// <summary>The documents' JSON, with Docker's capitals.</summary>
[JsonSerializable(typeof(ImmutableArray<NetworkDocument>))]
[JsonSerializable(typeof(ImmutableArray<ContainerDocument>))]
[JsonSerializable(typeof(ImmutableArray<EndpointViewDocument>))]
[JsonSerializable(typeof(ImmutableArray<HostDocument>))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(GraphDocument))]
internal sealed partial class DocumentJson : JsonSerializerContext;
