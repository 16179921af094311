using System.Globalization;
using NetworkCluster.Tests.Cluster;
using NetworkCluster.Tests.Cluster.FaultDriver;

// The process of a test: see ServiceMemberTests.
if (args is ["member", .. var where]) return await MemberProcess.RunAsync(where);

// faults.sh: the fault driver for as long as one likes. Composition only.
const string Usage = "usage: ./faults.sh [--planted] [--minutes N] [--seed N] [--hosts 3-5] [--only FAULT]   (as root; it runs in namespaces of its own)";
var planted = args is ["--planted", ..];
if (planted) args = args[1..];
var only = args is [.., "--only", _] ? args[^1] : "";
if (only.Length > 0) args = args[..^2];
var settings = new Dictionary<string, int> { ["--minutes"] = 5, ["--seed"] = TimeProvider.System.GetUtcNow().DayOfYear, ["--hosts"] = 3 };
for (var i = 0; i < args.Length; i += 2)
{
    if (settings.ContainsKey(args[i]) && i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value) && value >= 0)
    {
        settings[args[i]] = value;
        continue;
    }

    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

var faults = Fault.All.Where(fault => fault.Name.Contains(only, StringComparison.Ordinal)).Select(fault => only.Length > 0 ? fault with { Weight = Math.Max(fault.Weight, 1) } : fault).ToList();
if (faults.Count == 0)
{
    await Console.Error.WriteLineAsync($"no fault is called '{only}': {string.Join("; ", Fault.All.Select(fault => fault.Name))}");
    return 2;
}

if (settings["--hosts"] is < 3 or > 5)
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

if (planted) return await PlantedRun.RunAsync(settings["--hosts"], settings["--seed"], Console.WriteLine) == 0 ? 0 : 1;
try
{
    await new FaultRun(settings["--hosts"], settings["--seed"], Console.WriteLine) { Faults = faults }.RunAsync(TimeSpan.FromMinutes(settings["--minutes"]));
    return 0;
}
catch (FaultViolationException violation)
{
    await Console.Error.WriteLineAsync(violation.Message);
    return 1;
}
