namespace NetworkCluster.Configuration;

/// <summary>Everything that is wrong with how the host was started, at once, each in one line that says what to do.</summary>
internal sealed class ConfigurationProblemException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems => problems;
}
