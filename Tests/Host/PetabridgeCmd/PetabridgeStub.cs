// The public types of Petabridge.Cmd that Host/PetabridgeCmd uses, as the product's documentation shows them, and no more of it than tests need to call what is behind them.
#pragma warning disable CS1591
using Akka.Actor;

namespace Petabridge.Cmd
{
    public sealed record ArgumentDefinition(string Name, string Description, bool IsMandatory, IReadOnlyList<string> Switch);

    public sealed record CommandDefinition(string Name, string Description, IReadOnlyDictionary<string, ArgumentDefinition> ArgumentsByName);

    public sealed class ArgumentDefinitionBuilder
    {
        private readonly List<string> _switches = [];
        private string _name = "", _description = "";
        private bool _mandatory;

        public ArgumentDefinitionBuilder WithName(string name)
        {
            _name = name;
            return this;
        }

        public ArgumentDefinitionBuilder WithDescription(string description)
        {
            _description = description;
            return this;
        }

        public ArgumentDefinitionBuilder IsMandatory(bool mandatory)
        {
            _mandatory = mandatory;
            return this;
        }

        public ArgumentDefinitionBuilder WithSwitch(string name)
        {
            _switches.Add(name);
            return this;
        }

        internal ArgumentDefinition Build() => new(_name, _description, _mandatory, _switches);
    }

    public sealed class CommandDefinitionBuilder
    {
        private readonly Dictionary<string, ArgumentDefinition> _arguments = [];
        private string _name = "", _description = "";

        public CommandDefinitionBuilder WithName(string name)
        {
            _name = name;
            return this;
        }

        public CommandDefinitionBuilder WithDescription(string description)
        {
            _description = description;
            return this;
        }

        public CommandDefinitionBuilder WithArgument(Func<ArgumentDefinitionBuilder, ArgumentDefinitionBuilder> argument)
        {
            ArgumentNullException.ThrowIfNull(argument);
            var built = argument(new()).Build();
            _arguments.Add(built.Name, built);
            return this;
        }

        public CommandDefinition Build() => new(_name, _description, _arguments);
    }

    public sealed class CommandPalette(string name, CommandDefinition[] commands)
    {
        public string Name { get; } = name;

        public IReadOnlyList<CommandDefinition> Commands { get; } = commands;
    }

    public sealed record Command(string Palette, string Name, IEnumerable<Tuple<string, string>> Arguments);

    public class CommandResponse(string text, bool final = true)
    {
        public static CommandResponse Empty { get; } = new("");

        public string Text { get; } = text;

        public bool Final { get; } = final;
    }

    public sealed class ErroredCommandResponse(string text) : CommandResponse(text);
}

namespace Petabridge.Cmd.Host
{
    public abstract class CommandPaletteHandler(CommandPalette palette)
    {
        public CommandPalette Palette { get; } = palette;

        public abstract Props HandlerProps { get; }
    }

    public abstract class CommandHandlerActor : ReceiveActor
    {
        protected CommandHandlerActor(CommandPalette palette) => _ = palette;

        protected void Process(string name, Action<Command> handle) => Receive<Command>(command => command.Name == name, handle);
    }

    public sealed class PetabridgeCmd
    {
        public List<CommandPaletteHandler> Handlers { get; } = [];

        public bool Started { get; private set; }

        private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<ActorSystem, PetabridgeCmd> All = [];

        public static PetabridgeCmd Get(ActorSystem system) => All.GetOrCreateValue(system);

        public void RegisterCommandPalette(CommandPaletteHandler handler) => Handlers.Add(handler);

        public void Start() => Started = true;
    }
}
