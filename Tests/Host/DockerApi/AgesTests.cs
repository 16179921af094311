using System.Globalization;
using NetworkCluster.DockerApi;
using Xunit;

namespace NetworkCluster.Tests.Host.DockerApi;

public sealed class AgesTests
{
    [Theory]
    [InlineData("0:0:0.9", "Less than a second")]
    [InlineData("0:0:1.9", "1 second")]
    [InlineData("0:0:59", "59 seconds")]
    [InlineData("0:1:59", "About a minute")]
    [InlineData("0:59:59", "59 minutes")]
    [InlineData("1:29:0", "About an hour")]
    [InlineData("1:30:0", "2 hours")]
    [InlineData("1.23:0:0", "47 hours")]
    [InlineData("2.0:0:0", "2 days")]
    [InlineData("14.0:0:0", "2 weeks")]
    [InlineData("60.0:0:0", "2 months")]
    [InlineData("730.0:0:0", "2 years")]
    [InlineData("-0:0:5", "Less than a second")]
    public void Ages_are_in_Dockers_words(string age, string words) => Assert.Equal(words, Ages.Text(TimeSpan.Parse(age, CultureInfo.InvariantCulture)));
}
