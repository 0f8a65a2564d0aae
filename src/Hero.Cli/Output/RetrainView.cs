using System.Collections.Concurrent;
using Hero.Vision.Retraining;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hero.Cli.Output;

/// <summary>Shows how a training goes: a live bar in a terminal, plain lines like those of the talk's tool elsewhere.</summary>
internal static class RetrainView
{
    /// <summary>Runs the work with the view that fits the terminal.</summary>
    public static T Show<T>(Terminal terminal, Func<IProgress<RetrainProgress>, T> work)
    {
        var console = terminal.Console();
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi) return work(new Lines(terminal));
        var texts = new FiguresColumn();
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 12 }, new PercentageColumn(), new RemainingTimeColumn(), texts)
            .Start(context => work(new Bars(console, context, texts)));
    }

    /// <summary>A console that is no terminal: lines instead of bars.</summary>
    public static IAnsiConsole NoConsole(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No,
        Interactive = InteractionSupport.No,
        Out = new AnsiConsoleOutput(writer),
    });

    private sealed class Lines(Terminal terminal) : IProgress<RetrainProgress>
    {
        public void Report(RetrainProgress value)
        {
            switch (value)
            {
                case RetrainMessage message: terminal.Output.WriteLine(message.Text); break;
                case RetrainWarning warning: terminal.Error.WriteLine($"Warning: {warning.Text}"); break;
                case RetrainFigures figures: terminal.Output.WriteLine(figures); break;
                default: break; // how far it is, the lines tell
            }
        }
    }

    private sealed class Bars(IAnsiConsole console, ProgressContext context, FiguresColumn texts) : IProgress<RetrainProgress>
    {
        private readonly Dictionary<string, ProgressTask> tasks = [];
        private string figures = "";

        public void Report(RetrainProgress value)
        {
            switch (value)
            {
                case RetrainMessage message: console.WriteLine(message.Text); break;
                case RetrainWarning warning: console.MarkupLineInterpolated($"[yellow]Warning: {warning.Text}[/]"); break;
                case RetrainFigures latest: figures = Text(latest); break;
                case RetrainAdvance advance: Advance(advance); break;
            }
        }

        private void Advance(RetrainAdvance advance)
        {
            if (!tasks.TryGetValue(advance.Work, out var task))
            {
                foreach (var earlier in tasks.Values) earlier.StopTask();
                figures = "";
                tasks.Add(advance.Work, task = context.AddTask(advance.Work, maxValue: advance.Total));
            }
            var speed = advance.PicturesPerSecond > 0 ? FormattableString.Invariant($"{advance.PicturesPerSecond:N0}{(figures.Length == 0 ? " pictures/s" : "/s")}") : "";
            texts[task] = figures + speed;
            task.Value = advance.Done;
        }

        private static string Text(RetrainFigures figures) => FormattableString.Invariant(
            $"loss {figures.CrossEntropy:F3}  acc {100 * figures.TrainAccuracy:F0}") +
            (figures.ValidationCount == 0 ? " %  " : FormattableString.Invariant($"/{100 * figures.ValidationAccuracy:F0} %  "));
    }

    /// <summary>Loss, accuracy on training and validation pictures, speed; cut where the terminal ends.</summary>
    private sealed class FiguresColumn : ProgressColumn
    {
        private readonly ConcurrentDictionary<int, string> texts = [];

        public string this[ProgressTask task]
        {
            set => texts[task.Id] = value;
        }

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(texts.GetValueOrDefault(task.Id, "")).Overflow(Overflow.Ellipsis);
    }
}
