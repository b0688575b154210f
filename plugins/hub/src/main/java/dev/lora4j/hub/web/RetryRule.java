package dev.lora4j.hub.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;

/** Which answers are tried again, and when. */
final class RetryRule {
  private static final Set<Integer> LATER = Set.of(429, 500, 502, 503, 504, 520, 522, 524);

  private RetryRule() {}

  /** True if another attempt may get another answer. */
  static boolean later(int status) {
    return LATER.contains(status);
  }

  /** The wait that a server asks for, in seconds or until a date. */
  static Optional<Duration> asked(Optional<String> header, Instant now) {
    if (header.isEmpty()) {
      return Optional.empty();
    }
    String text = header.get().strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, until);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeParseException e) {
      return Optional.empty(); // as if it had said nothing
    }
  }
}
