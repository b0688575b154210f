package dev.lora4j.server.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.lora4j.cli.console.Failure;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Log of a server: a line of JSON for each request, and what happens to adapters. */
final class ServerLog {
  /** The logger of the server, to whose appender that of requests writes too. */
  private static final String NAME = "dev.lora4j.server";

  private ServerLog() {}

  /**
   * Begins to write.
   *
   * @param file appended to; standard error if it is empty
   * @throws Failure if the file cannot be written
   */
  static void open(Optional<Path> file) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%msg%n%ex{short}");
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender =
        file.<OutputStreamAppender<ILoggingEvent>>map(ServerLog::file)
            .orElseGet(ServerLog::console);
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    if (!appender.isStarted()) {
      throw new Failure(
          "--log: " + file.orElseThrow() + " cannot be written; name a file in a folder that can.");
    }
    Logger logger = context.getLogger(NAME);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  private static FileAppender<ILoggingEvent> file(Path path) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(path.toString());
    return appender;
  }

  private static ConsoleAppender<ILoggingEvent> console() {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    return appender;
  }
}
