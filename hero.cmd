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
rem The widest registers the processor has, as the ahead-of-time compiler names them; nothing where it needs no telling. 41 asks Windows for AVX-512, 40 for AVX2.
set "HERO_REGISTERS="
if /i "%PROCESSOR_ARCHITECTURE%"=="AMD64" for /f "delims=" %%s in ('powershell -NoLogo -NoProfile -NonInteractive -Command "$kernel = Add-Type -PassThru -Namespace Hero -Name Kernel -MemberDefinition ('[DllImport(' + [char]34 + 'kernel32.dll' + [char]34 + ')] public static extern bool IsProcessorFeaturePresent(uint feature);'); if ($kernel::IsProcessorFeaturePresent(41)) { 'x86-64-v4' } elseif ($kernel::IsProcessorFeaturePresent(40)) { 'x86-64-v3' }" 2^>nul') do set "HERO_REGISTERS=%%s"
rem Compiled to machine code ahead of time, which halves the time to start, where the compiler for that can be had.
dotnet publish src\Hero.Cli -c Release -v minimal -o .tool\bin --use-current-runtime --self-contained false -p:PublishReadyToRun=true "-p:HeroInstructionSet=%HERO_REGISTERS%" > "%HERO_ROOT%.tool\build.log" 2>&1 < nul
if errorlevel 1 dotnet publish src\Hero.Cli -c Release -v minimal -o .tool\bin > "%HERO_ROOT%.tool\build.log" 2>&1 < nul
if errorlevel 1 (
    popd
    findstr /c:"error" "%HERO_ROOT%.tool\build.log" 1>&2
    echo hero: the build failed; all of it is in "%HERO_ROOT%.tool\build.log" 1>&2
    exit /b 1
)
popd

rem One prediction ahead of the first real one: what the run time had to compile for it is noted beside the tool (src\Hero.Cli\StartupProfile.cs).
rem Where that fails the first start takes longer, and nothing else.
set "HERO_TRIAL=%HERO_ROOT%.tool\trial"
dotnet exec "%HERO_DLL%" rehearse "%HERO_TRIAL%" > nul 2>&1 < nul
setlocal
set "HERO_HOME=%HERO_TRIAL%"
dotnet exec "%HERO_DLL%" predict "%HERO_TRIAL%\model.safetensors" "%HERO_TRIAL%\picture.png" > nul 2>&1 < nul
endlocal
if not exist "%HERO_ROOT%.tool\bin\startup" mkdir "%HERO_ROOT%.tool\bin\startup"
move /y "%HERO_TRIAL%\startup\predict" "%HERO_ROOT%.tool\bin\startup" > nul 2>&1
move /y "%HERO_TRIAL%\startup\predict.sum" "%HERO_ROOT%.tool\bin\startup" > nul 2>&1
rmdir /s /q "%HERO_TRIAL%" > nul 2>&1
move /y "%HERO_STAMP%.new" "%HERO_STAMP%" > nul

:run
rem So that it can say how to call it again.
set "HERO_COMMAND=%~0"
dotnet exec "%HERO_DLL%" %*
exit /b %errorlevel%
