package dev.lora4j.diffusion.clip;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Syntax of weights in prompts, as the common user interfaces read it: {@code (text)} counts 1.1
 * times, {@code (text:1.3)} 1.3 times, {@code [text]} 1.1 times less, and {@code BREAK} begins a
 * new chunk of tokens. A backslash before a bracket makes it a plain one.
 */
public final class PromptSyntax {
  private static final double STEP = 1.1;
  private static final Pattern SIGN =
      Pattern.compile(
          "\\\\([()\\[\\]\\\\])|(\\()|(\\[)|:\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+))\\s*\\)|(\\))|(])"
              + "|\\s*\\b(BREAK)\\b\\s*");

  private final List<Piece> pieces = new ArrayList<>();
  private final Deque<Integer> round = new ArrayDeque<>();
  private final Deque<Integer> square = new ArrayDeque<>();

  /**
   * A part of a prompt.
   *
   * @param text its characters
   * @param weight how much it counts, 1 for plain text
   * @param breaks whether a new chunk begins here; such a piece has no characters
   */
  public record Piece(String text, double weight, boolean breaks) {
    private Piece times(double factor) {
      return new Piece(text, weight * factor, breaks);
    }
  }

  private PromptSyntax() {}

  /** A prompt with the characters of a text, whose brackets are escaped. */
  public static String plain(String text) {
    return text.replaceAll("[()\\[\\]\\\\]", "\\\\$0");
  }

  /** The parts of a prompt, neighbours of one weight together; none of an empty one. */
  public static List<Piece> parse(String prompt) {
    PromptSyntax syntax = new PromptSyntax();
    syntax.read(prompt);
    return syntax.joined();
  }

  private void read(String prompt) {
    Matcher sign = SIGN.matcher(prompt);
    int at = 0;
    while (sign.find()) {
      add(prompt.substring(at, sign.start()));
      at = sign.end();
      if (sign.group(1) != null) {
        add(sign.group(1));
      } else if (sign.group(2) != null) {
        round.push(pieces.size());
      } else if (sign.group(3) != null) {
        square.push(pieces.size());
      } else if (sign.group(4) != null && !round.isEmpty()) {
        weigh(round.pop(), Double.parseDouble(sign.group(4)));
      } else if (sign.group(5) != null && !round.isEmpty()) {
        weigh(round.pop(), STEP);
      } else if (sign.group(6) != null && !square.isEmpty()) {
        weigh(square.pop(), 1 / STEP);
      } else if (sign.group(7) != null) {
        pieces.add(new Piece("", 1, true));
      } else {
        add(sign.group()); // closes nothing, so it is text
      }
    }
    add(prompt.substring(at));
    // What was never closed holds to the end.
    round.forEach(from -> weigh(from, STEP));
    square.forEach(from -> weigh(from, 1 / STEP));
  }

  private void add(String text) {
    if (!text.isEmpty()) {
      pieces.add(new Piece(text, 1, false));
    }
  }

  private void weigh(int from, double factor) {
    for (int i = from; i < pieces.size(); i++) {
      pieces.set(i, pieces.get(i).times(factor));
    }
  }

  private List<Piece> joined() {
    List<Piece> joined = new ArrayList<>();
    for (Piece piece : pieces) {
      int last = joined.size() - 1;
      if (last >= 0
          && !piece.breaks()
          && !joined.get(last).breaks()
          && joined.get(last).weight() == piece.weight()) {
        joined.set(last, new Piece(joined.get(last).text() + piece.text(), piece.weight(), false));
      } else {
        joined.add(piece);
      }
    }
    return joined;
  }
}
