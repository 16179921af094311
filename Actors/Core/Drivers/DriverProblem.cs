using System.Collections.Immutable;
using NetworkCluster.Addressing;

namespace NetworkCluster.Drivers;

/// <summary>Something a driver cannot do, with its facts; the text is Docker's where Docker has one.</summary>
public abstract record DriverProblem;

/// <summary>An option this driver does not have.</summary>
/// <param name="Driver">The driver.</param>
/// <param name="Option">What was given.</param>
/// <param name="Known">What there is.</param>
public sealed record UnknownOption(string Driver, string Option, ImmutableArray<string> Known) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => Known.Length == 0
        ? $"unknown option {Option}: the {Driver} driver has no options"
        : $"unknown option {Option}: the {Driver} driver knows {string.Join(", ", Known)}";
}

/// <summary>A value that is no truth value.</summary>
public sealed record BadBool(string Option, string Value) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"failed to parse {Option} value: {Value} (strconv.ParseBool: parsing \"{Value}\": invalid syntax)";
}

/// <summary>A value that is no number.</summary>
public sealed record BadNumber(string Option, string Value) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"failed to parse {Option} value: {Value} (strconv.Atoi: parsing \"{Value}\": invalid syntax)";
}

/// <summary>A text that is no number of seconds in the range.</summary>
public sealed record BadSeconds(string Option, string Value, int Most) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"invalid {Option} value: {Value} (seconds from 0 to {Most})";
}

/// <summary>A number that no link can have as its largest packet.</summary>
/// <param name="Value">What was given.</param>
/// <param name="LeastBytes">The least for the network's families.</param>
public sealed record BadMtu(long Value, int LeastBytes) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"invalid MTU number: {Value} (from {LeastBytes} to 65535)";
}

/// <summary>A name longer than the kernel's 15 characters.</summary>
public sealed record LinkNameTooLong(string Value) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"failed to check bridge interface existence: numerical result out of range (the name {Value} has {Value.Length} characters, a link's has at most 15)";
}

/// <summary>A name the kernel does not take for a link.</summary>
public sealed record BadLinkName(string Option, string Value) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"invalid {Option} value: '{Value}' is not a link's name";
}

/// <summary>A name that we give to other things ourselves, or that is another program's.</summary>
public sealed record ReservedLinkName(string Value) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"the bridge name {Value} is reserved";
}

/// <summary>A value that is no IPv4 address.</summary>
public sealed record BadIPv4(string Option, string Value) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"failed to parse {Option} value: {Value} (not an IPv4 address)";
}

/// <summary>Two options that mean the same and differ.</summary>
public sealed record OptionsDisagree(string Option, string Value, string Other, string OtherValue) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"options {Option}={Value} and {Other}={OtherValue} disagree";
}

/// <summary>More than one subnet of a family.</summary>
public sealed record MultipleSubnets(string Driver, ImmutableArray<Subnet> Subnets) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"{Driver} driver doesn't support multiple subnets";
}

/// <summary>A second network of a driver whose one network is predefined.</summary>
public sealed record OnlyOneInstance(string Driver) : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => $"only one instance of \"{Driver}\" network is allowed";
}

/// <summary>Packets between hosts cannot be encrypted.</summary>
public sealed record EncryptionNotSupported : DriverProblem
{
    /// <inheritdoc/>
    public override string ToString() => "option encrypted: networks between hosts are not encrypted here (it takes IPsec with ESP in the kernel of every host); put the hosts' own network behind WireGuard or IPsec instead";
}
