@echo off
rem Starts taskstop from the folder that it was unpacked to. Needs Java 17 or newer.
rem   JAVA_HOME         which Java; else the one on the PATH
rem   TASKSTOP_OPTS     more flags for Java
rem   TASKSTOP_ARCHIVE  off: make no archive of class data; see README.md
setlocal
set "JAR=%~dp0..\lib\taskstop.jar"
set "JAVA=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "JAVA=%JAVA_HOME%\bin\java.exe"
set ARCHIVE=
set SHARE=
if not "%TASKSTOP_ARCHIVE%"=="off" if defined LOCALAPPDATA (
  set "ARCHIVE=-Dtaskstop.archive=%LOCALAPPDATA%\taskstop\@project.version@.jsa"
  if exist "%LOCALAPPDATA%\taskstop\@project.version@.jsa" set "SHARE=-XX:SharedArchiveFile=%LOCALAPPDATA%\taskstop\@project.version@.jsa"
)
if defined ARCHIVE set ARCHIVE="%ARCHIVE%"
if defined SHARE set SHARE="%SHARE%"
"%JAVA%" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto -Xlog:disable -Dio.netty.jfr.enabled=false %SHARE% %ARCHIVE% %TASKSTOP_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
