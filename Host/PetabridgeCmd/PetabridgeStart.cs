using Akka.Actor;
using NetworkCluster.Commands;
using NetworkCluster.Commands.PetabridgeCmd;
using NetworkCluster.Entities;

namespace NetworkCluster.Hosting;

internal sealed partial class HostProcess
{
    static partial void StartPetabridge(ActorSystem system, IEnumerable<Palette> palettes, JournalHealth journal, ILogger log, CancellationToken stopping) => PetabridgePalettes.Start(system, palettes, journal, log, stopping);
}
