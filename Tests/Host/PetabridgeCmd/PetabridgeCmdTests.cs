using System.Collections.Immutable;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using NetworkCluster.Commands.PetabridgeCmd;
using NetworkCluster.Tests.Host.Commands;
using Petabridge.Cmd;
using Xunit;

namespace NetworkCluster.Tests.Host.PetabridgeCmd;

/// <summary>The adapter to Petabridge.Cmd, compiled against a stub of that product's types: what goes in and out of them is what our own command line takes and prints.</summary>
public sealed class PetabridgeCmdTests : TestKit, IAsyncLifetime
{
    private PbmHost _host = null!;
    private Petabridge.Cmd.Host.PetabridgeCmd _served = null!;

    public async Task InitializeAsync()
    {
        _host = await PbmHost.StartAsync();
        PetabridgePalettes.Start(Sys, _host.Palettes, _host.Journal, NullLogger.Instance, CancellationToken.None);
        _served = Petabridge.Cmd.Host.PetabridgeCmd.Get(Sys);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_list_has_the_same_text_as_at_our_own_command_line()
    {
        var ours = await _host.RunAsync("network ls");
        Assert.Equal((0, ours.Output.TrimEnd('\n')), (ours.Code, Run("network", "ls")));
        Assert.NotEmpty(ours.Output);
    }

    [Fact]
    public async Task Switches_and_values_mean_what_they_mean_there()
    {
        Assert.Equal((await _host.RunAsync("network ls -q -f name=iso --no-trunc")).Output.TrimEnd('\n'), Run("network", "ls", ("-q", ""), ("-f", "name=iso"), ("--no-trunc", "")));
        Assert.Equal((await _host.RunAsync("network inspect isolated_nw")).Output.TrimEnd('\n'), Run("network", "inspect", ("--network", "isolated_nw")));
    }

    [Theory]
    [InlineData("inspect", "--network", "nowhere", "network nowhere not found")]
    [InlineData("ls", "--colour", "red", "colour")]
    public void What_is_refused_is_an_error_with_the_same_text(string command, string name, string value, string text) => Assert.Contains(text, Ask("network", command, (name, value)).Error!, StringComparison.Ordinal);

    [Fact]
    public void Every_palette_is_registered_with_all_its_commands_and_what_they_take()
    {
        Assert.True(_served.Started);
        Assert.Equal(_host.Palettes.Select(palette => palette.Name), _served.Handlers.Select(handler => handler.Palette.Name));
        foreach (var (ours, theirs) in _host.Palettes.SelectMany(palette => palette.Commands).Zip(_served.Handlers.SelectMany(handler => handler.Palette.Commands)))
        {
            Assert.Equal(ours.Spec.Name, theirs.Name);
            Assert.Equal(ours.Spec.Arguments.Length + ours.Spec.Options.Length, theirs.ArgumentsByName.Count);
        }
    }

    private string Run(string palette, string command, params (string Switch, string Value)[] given)
    {
        var (text, error) = Ask(palette, command, given);
        Assert.Null(error);
        return text;
    }

    private (string Text, string? Error) Ask(string palette, string command, params (string Switch, string Value)[] given)
    {
        var handler = Sys.ActorOf(Assert.Single(_served.Handlers, handler => handler.Palette.Name == palette).HandlerProps);
        handler.Tell(new Command(palette, command, given.Select(one => Tuple.Create(one.Switch, one.Value))), TestActor);
        var lines = ImmutableArray.CreateBuilder<string>();
        while (ExpectMsg<CommandResponse>() is var answer)
        {
            if (answer is ErroredCommandResponse { Text: var refusal }) return (string.Join('\n', lines), refusal);
            if (answer.Final) break;
            lines.Add(answer.Text);
        }

        return (string.Join('\n', lines), null);
    }
}
