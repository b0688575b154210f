@echo off
rem Starts lora4j from an unpacked release, as the script lora4j does elsewhere.
rem LORA4J_JAVA_OPTS holds options for the Java machine, for example -Xmx8g; SPARK_HOME is an unpacked Apache Spark.
setlocal
set "home=%~dp0"
if not exist "%home%runtime\bin\java.exe" goto incomplete
rem The engine must not report.
set "OPT_OUT_TRACKING=true"
set collector="@%home%lib\collector.options"
set LORA4J_JAVA_OPTS 2>nul | findstr /r /c:"-XX:+Use.*GC" >nul && set "collector="
if "%~1"=="spark" goto spark
"%home%runtime\bin\java.exe" "@%home%lib\java.options" ${native.access} %collector% "-Dlora4j.command=%~0" %LORA4J_JAVA_OPTS% -jar "%home%lib\lora4j.jar" %*
exit /b %errorlevel%

:spark
if not exist "%SPARK_HOME%\jars" goto sparkless
"%home%runtime\bin\java.exe" "@%home%lib\java.options" ${native.access} %collector% "@%home%lib\spark.options" "-Dlora4j.command=%~0" %LORA4J_JAVA_OPTS% -cp "%SPARK_HOME%\jars\*;%home%lib\*" dev.lora4j.cli.Main %*
exit /b %errorlevel%

:sparkless
echo lora4j: the command spark needs Apache Spark 4.1. Unpack it and set SPARK_HOME to its folder. 1>&2
exit /b 1

:incomplete
echo lora4j: there is no runtime\bin\java.exe in "%home%". Unpack the whole release for Windows. 1>&2
exit /b 1
