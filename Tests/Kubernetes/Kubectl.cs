using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace NetworkCluster.Tests.Kubernetes;

/// <summary>The program that builds kustomizations: <c>kubectl kustomize</c>.</summary>
internal static partial class Kubectl
{
    private static readonly Lazy<bool> Installed = new(() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl"))));

    // 1.20 is what Debian 12 has. Its kustomize wants folders and patches under names that the ones of today call deprecated.
    private static readonly Lazy<bool> Old = new(() =>
    {
        using var version = JsonDocument.Parse(Run("version", "--client", "-o", "json"));
        return int.Parse(version.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!.TrimEnd('+'), CultureInfo.InvariantCulture) < 21;
    });

    public static bool IsInstalled => Installed.Value;

    /// <summary>What would be applied.</summary>
    /// <param name="folder">Below <c>k8s/</c>.</param>
    public static string Build(string folder)
    {
        if (!Old.Value) return Run("kustomize", Path.Combine(Manifests.Folder, folder));
        var copy = Directory.CreateTempSubdirectory("nwc-k8s-").FullName;
        try
        {
            foreach (var file in Manifests.Files.Concat(Manifests.Kustomizations.Select(kustomization => Path.Combine(kustomization, Manifests.KustomizationFile))))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
                var text = Manifests.Read(file);
                File.WriteAllText(Path.Combine(copy, file), Path.GetFileName(file) == Manifests.KustomizationFile ? InOldWords(text) : text);
            }

            return Run("kustomize", Path.Combine(copy, folder));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static string InOldWords(string kustomization)
    {
        var folders = string.Concat(FolderLine().Matches(kustomization).Select(line => line.Value));
        var rest = FolderLine().Replace(kustomization, "").Replace("patches:", "patchesStrategicMerge:", StringComparison.Ordinal).Replace("- path: ", "- ", StringComparison.Ordinal);
        return folders.Length == 0 ? rest : $"{rest}bases:\n{folders}";
    }

    [GeneratedRegex(@"^  - (\.\./)+\w[^.\n]*\n", RegexOptions.Multiline)]
    private static partial Regex FolderLine();

    private static string Run(params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var problems = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kubectl {string.Join(' ', words)}: {problems.Result}");
    }
}
