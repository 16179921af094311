using System.Collections.Immutable;

namespace NetworkCluster.Hosts;

/// <summary>
/// Member to a process that carries entities: half of those that carry them hear nothing of the other half; may these go on and remove those? The journal is the witness: whoever asks it first may, and members that were once
/// removed may never. Answer: <see cref="WitnessAnswer"/>; none: the journal does not answer.
/// </summary>
/// <param name="Staying">The lives on this side, see <see cref="JoinHost"/>.</param>
/// <param name="Leaving">Those on the other.</param>
public sealed record AskWitness(ImmutableArray<string> Staying, ImmutableArray<string> Leaving) : IMessage;

/// <summary>Answers <see cref="AskWitness"/>.</summary>
/// <param name="Granted">This side goes on; otherwise the other does.</param>
public sealed record WitnessAnswer(bool Granted) : IMessage;

/// <summary>These lives are removed from the cluster: none of them may remove anybody.</summary>
public sealed record MembersRemoved(ImmutableArray<string> Members) : IEvent;
