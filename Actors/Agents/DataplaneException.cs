namespace NetworkCluster.Agents;

/// <summary>The kernel refused something, or something foreign is in the way.</summary>
/// <param name="operation">What was tried, as an operator would type it.</param>
/// <param name="cause">Why not: the error's name and the kernel's own words where it gives some.</param>
/// <param name="inner">What it came from.</param>
public class DataplaneException(string operation, string cause, Exception? inner = null) : Exception($"{operation}: {cause}", inner)
{
    /// <summary>What was tried.</summary>
    public string Operation { get; } = operation;

    /// <summary>Why not.</summary>
    public string Cause { get; } = cause;
}
