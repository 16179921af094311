using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NetworkCluster.Access;
using Xunit;

namespace NetworkCluster.Tests.Host.Access;

public sealed class AccessRulesTests
{
    [Theory]
    [InlineData("OU=admin, CN=alice", "", "", "alice", "Admin")]
    [InlineData("OU=reader, CN=alice", "", "", "alice", "Reader")]
    [InlineData("OU=reader, OU=admin, CN=alice", "", "", "alice", "Admin")]
    [InlineData("OU=Admin, CN=alice", "", "", "alice", "None")]
    [InlineData("OU=host, CN=h1", "", "", "h1", "None")]
    [InlineData("CN=admin", "", "", "admin", "None")]
    [InlineData("O=admin, CN=alice", "", "", "alice", "None")]
    [InlineData("CN=client", "*", "", "client", "Admin")]
    [InlineData("CN=client", "", "*", "client", "Reader")]
    [InlineData("OU=reader, CN=alice", "*", "", "alice", "Reader")]
    [InlineData("OU=reader, CN=alice", "alice", "", "alice", "Admin")]
    [InlineData("OU=admin, CN=alice", "", "alice", "alice", "Reader")]
    [InlineData("CN=\"alice,OU=admin\"", "", "", "alice,OU=admin", "None")]
    public void A_certificate_has_the_role_that_the_lists_or_its_unit_give_it(string subject, string admins, string readers, string name, string role)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        var caller = new AccessRules([.. admins.Split(' ', StringSplitOptions.RemoveEmptyEntries)], [.. readers.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).CallerOf(certificate);
        Assert.Equal((name, role), (caller.Name, $"{caller.Role}"));
    }
}
