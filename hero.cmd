@echo off
rem Runs the hero tool from this checkout, from any folder: built once in Release, again only when a source is newer.
setlocal
set "HERO_ROOT=%~dp0"
set "HERO_DLL=%HERO_ROOT%.tool\bin\Hero.Cli.dll"
set "HERO_STAMP=%HERO_ROOT%.tool\built"

where /q dotnet
if errorlevel 1 (
    echo hero: the .NET 10 SDK was not found ^(no 'dotnet' in PATH^). Install it from https://dot.net/download and run this again. 1>&2
    exit /b 127
)

if not exist "%HERO_DLL%" goto build
if not exist "%HERO_STAMP%" goto build
powershell -NoLogo -NoProfile -NonInteractive -Command "$stamp = (Get-Item -LiteralPath $env:HERO_STAMP).LastWriteTimeUtc; $sources = @(Get-ChildItem -LiteralPath ($env:HERO_ROOT + 'src') -Recurse) + @(Get-ChildItem -LiteralPath $env:HERO_ROOT -File | Where-Object { $_.Extension -in '.props', '.json', '.editorconfig' }); if ($sources | Where-Object { $_.FullName.Substring($env:HERO_ROOT.Length) -notmatch '\\(bin|obj)(\\|$)' -and $_.LastWriteTimeUtc -gt $stamp } | Select-Object -First 1) { exit 1 }"
if errorlevel 1 goto build
goto run

:build
echo Building hero (only now and after changes) ... 1>&2
if not exist "%HERO_ROOT%.tool" mkdir "%HERO_ROOT%.tool"
for /d %%p in ("%HERO_ROOT%src\*") do (
    if not exist "%%p\bin" mkdir "%%p\bin"
    if not exist "%%p\obj" mkdir "%%p\obj"
)
rem The stamp is made before the build: what is edited meanwhile is newer.
type nul > "%HERO_STAMP%.new"
pushd "%HERO_ROOT%"
rem Compiled to machine code ahead of time, which halves the time to start, where the compiler for that can be had.
dotnet publish src\Hero.Cli -c Release -v minimal -o .tool\bin --use-current-runtime --self-contained false -p:PublishReadyToRun=true > "%HERO_ROOT%.tool\build.log" 2>&1 < nul
if errorlevel 1 dotnet publish src\Hero.Cli -c Release -v minimal -o .tool\bin > "%HERO_ROOT%.tool\build.log" 2>&1 < nul
if errorlevel 1 (
    popd
    findstr /c:"error" "%HERO_ROOT%.tool\build.log" 1>&2
    echo hero: the build failed; all of it is in "%HERO_ROOT%.tool\build.log" 1>&2
    exit /b 1
)
popd
move /y "%HERO_STAMP%.new" "%HERO_STAMP%" > nul

:run
rem So that it can say how to call it again.
set "HERO_COMMAND=%~0"
dotnet exec "%HERO_DLL%" %*
exit /b %errorlevel%
