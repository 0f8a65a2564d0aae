// Tomorrow's close of a stock index from the seven before it: LSTM(256) and one dense unit, as in many a tutorial, and beside it the
// forecast that such networks seldom beat, because prices are close to a random walk: tomorrow is as today.
//
//   dotnet run examples/sp500_lstm.cs -- --data historical-SP500.csv             a CSV file with columns Date (yyyy-mm-dd) and Close
//   dotnet run examples/sp500_lstm.cs -- --data FILE --epochs 50 --from 2000-01-01 --days 1258 --seed 7
#:project ../src/Hero/Hero.csproj

using System.Diagnostics;
using System.Globalization;
using Hero;
using Hero.Callbacks;
using Hero.Data;
using Hero.Layers;
using Hero.Optimizers;

const int Window = 7;
const string Usage = "Usage: dotnet run examples/sp500_lstm.cs -- --data FILE.csv [--epochs NUMBER] [--from YYYY-MM-DD] [--days NUMBER] [--seed NUMBER]";
string? file = null, from = "2000-01-01";
int epochs = 100, days = 1258;
long seed = 0;
for (var i = 0; i < args.Length; i += 2)
{
    if (args[i] is "--help" or "-h")
    {
        Console.WriteLine(Usage);
        return 0;
    }
    var value = args.ElementAtOrDefault(i + 1);
    var isRead = args[i] switch
    {
        "--data" => (file = value) is not null,
        "--epochs" => int.TryParse(value, out epochs) && epochs >= 1,
        "--from" => DateOnly.TryParseExact(from = value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "--days" => int.TryParse(value, out days) && days >= 100,
        "--seed" => long.TryParse(value, out seed),
        _ => false,
    };
    if (isRead) continue;
    Console.Error.WriteLine($"sp500_lstm: cannot use '{string.Join(' ', args.Skip(i).Take(2))}'.\n{Usage}");
    return 2;
}
if (file is null || !File.Exists(file))
{
    Console.Error.WriteLine($"sp500_lstm: {(file is null ? "no data given" : $"there is no file '{file}'")}. Give it daily prices as a CSV file with columns Date and Close.\n{Usage}");
    return 2;
}

// The closes in order of time, scaled to 0 .. 1 by what the first four fifths of the days know.
float[] closes;
try
{
    var table = Csv.Read(file);
    closes = [.. table.Texts("Date").Zip(table.Numbers("Close")).Where(day => string.CompareOrdinal(day.First, from) > 0)
        .OrderBy(day => day.First, StringComparer.Ordinal).Take(days).Select(day => (float)day.Second)];
}
catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"sp500_lstm: {error.Message}");
    return 1;
}
if (closes.Length < 100)
{
    Console.Error.WriteLine($"sp500_lstm: '{file}' has {closes.Length} days after {from}; at least 100 are needed. Choose an earlier --from.");
    return 1;
}
var known = closes[..(closes.Length * 4 / 5)];
var (low, high) = (known.Min(), known.Max());
var scaled = Array.ConvertAll(closes, close => (close - low) / (high - low));
var count = scaled.Length - Window;
var x = Tensor.From<float>([.. Enumerable.Range(0, count).SelectMany(day => scaled[day..(day + Window)])], [count, Window, 1]);
var y = Tensor.From<float>(scaled[Window..], [count, 1]);
var training = known.Length - Window;
Tensor xTrain = x[..training], yTrain = y[..training], xTest = x[training..], yTest = y[training..];

RandomGenerator.Default.Seed(seed); // the same seed gives the same weights, bit by bit
var model = new Sequential(
    new Input(Window, 1),
    new LSTM(256),
    new Dense(1));
model.Summary();
model.Compile(new Adam(), "mse");
var clock = Stopwatch.StartNew();
var slower = new LearningRateScheduler((epoch, rate) => epoch < epochs / 2 ? rate : rate * 0.95);
model.Fit(xTrain, yTrain, epochs: epochs, callbacks: [slower], verbose: Verbose.Silent);
Console.WriteLine($"Trained {epochs} epochs of {training} windows in {clock.Elapsed.TotalSeconds:F1} s.");

var learned = model.Evaluate(xTest, yTest)["loss"];
var naive = (xTest[.., ^1] - yTest).Square().Mean().Item<float>();
Console.WriteLine($"Mean squared error on the {count - training} days after that (scaled): LSTM {learned:E2}, tomorrow as today {naive:E2}");
var forecasts = model.Predict(xTest[^5..]).ToArray<float>();
for (var i = 0; i < 5; i++)
    Console.WriteLine($"  {5 - i} day{(i < 4 ? "s" : "")} before the end: close {closes[^(5 - i)]:F2}, forecast {forecasts[i] * (high - low) + low:F2}");
return 0;
