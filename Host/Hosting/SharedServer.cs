using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace NetworkCluster.Hosting;

/// <summary>One server has pbm's port and the sockets of the other edges: what a request of any of them begins with.</summary>
internal static class SharedServer
{
    /// <summary>A body of more bytes is refused with 413, before it is read.</summary>
    public static void LimitBody(this HttpContext http, long? bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = bytes;
    }

    /// <summary>Of a body that is typed nobody knows how much comes, and when.</summary>
    public static void UnlimitBody(this HttpContext http)
    {
        http.LimitBody(null);
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    /// <summary>The routes of pbm's port are matched before those of an edge beside it: they are not served there.</summary>
    public static void ForgetRoute(this HttpContext http)
    {
        http.SetEndpoint(null);
        http.Request.RouteValues.Clear();
    }
}
