using NetworkCluster.Networks;

namespace NetworkCluster.Drivers;

/// <summary>What a request says that its driver cannot do, before anything is asked for.</summary>
public static class DriverChoice
{
    /// <summary>The refusal; none where the request may go on: its driver exists, and will be able to describe the network.</summary>
    public static Rejection? Refuse(NetworkRequest request) =>
        NetworkDrivers.Find(request.Driver) is not { } driver ? new DriverNotFound(request.Driver, [.. NetworkDrivers.All.Select(known => known.Name)])
        : !request.Predefined && driver.Validate(request) is { IsEmpty: false } problems ? new InvalidRequest([.. problems.Select(problem => problem.ToString())])
        : null;
}
