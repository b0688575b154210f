package dev.lora4j.server.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Where a server writes its log: a line of JSON for each request, and what happens to adapters. */
final class ServerLog {
  /** The loggers of requests, whose lines are whole, and of all else. */
  private static final String REQUESTS = "dev.lora4j.server.access";

  private static final String SERVER = "dev.lora4j.server";

  private ServerLog() {}

  /**
   * Begins to write.
   *
   * @param file appended to; standard error if it is empty
   */
  static void open(Optional<Path> file) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      write(context, REQUESTS, "%msg%n", file);
      write(context, SERVER, "%d{HH:mm:ss} %msg%n%ex{short}", file);
    }
  }

  private static void write(
      LoggerContext context, String name, String pattern, Optional<Path> file) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender =
        file.<OutputStreamAppender<ILoggingEvent>>map(ServerLog::file)
            .orElseGet(ServerLog::console);
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    Logger logger = context.getLogger(name);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  private static FileAppender<ILoggingEvent> file(Path path) {
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(path.toString());
    // Two loggers write into it.
    appender.setPrudent(true);
    return appender;
  }

  private static ConsoleAppender<ILoggingEvent> console() {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    return appender;
  }
}
