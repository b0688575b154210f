package dev.lora4j.text.chat.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Divides a template, with the white space that transformers' settings remove: what stands before a
 * statement on its line ({@code lstrip_blocks}), the end of the line behind it ({@code
 * trim_blocks}), and the last end of line of the template.
 */
final class Lexer {
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
  private static final List<String> SIGNS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")",
          "[", "]", "{", "}", ",", ":", "|", ".");

  private final String source;
  private final List<Segment> segments = new ArrayList<>();
  private int at;
  private int line = 1;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Segment> divide(String template) {
    String lines = template.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
    while (lexer.at < lexer.source.length()) {
      lexer.next();
    }
    return lexer.segments;
  }

  private void next() {
    int open = opening();
    if (open < 0) {
      text(source.substring(at));
      at = source.length();
      return;
    }
    char kind = source.charAt(open + 1);
    char mark = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
    String before = source.substring(at, open);
    if (mark == '-') {
      text(stripEnd(before));
    } else if (kind != '{' && mark != '+') {
      text(withoutIndent(before));
    } else {
      text(before);
    }
    countLines(at, open);
    at = open + (mark == '-' || mark == '+' ? 3 : 2);
    if (kind == '#') {
      comment();
    } else {
      tag(kind);
    }
  }

  private int opening() {
    for (int i = at; i + 1 < source.length(); i++) {
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new JinjaException(line, "a comment has no end");
    }
    countLines(at, end);
    char mark = end > at ? source.charAt(end - 1) : ' ';
    at = end + 2;
    afterTag(mark, true);
  }

  private void tag(char kind) {
    String close = kind == '{' ? "}}" : "%}";
    int began = line;
    List<Token> tokens = new ArrayList<>();
    Deque<Character> open = new ArrayDeque<>();
    while (true) {
      skipSpace();
      if (at >= source.length()) {
        throw new JinjaException(began, "'" + (kind == '{' ? "{{" : "{%") + "' has no end");
      }
      char c = source.charAt(at);
      boolean marked = (c == '-' || c == '+') && source.startsWith(close, at + 1);
      if (open.isEmpty() && (marked || source.startsWith(close, at))) {
        at += marked ? 3 : 2;
        segments.add(
            kind == '{' ? new Segment.Output(tokens, began) : new Segment.Block(tokens, began));
        boolean raw = kind == '%' && tokens.size() == 1 && tokens.get(0).is("raw");
        if (raw) {
          raw(c == '-');
        } else {
          afterTag(marked ? c : ' ', kind == '%');
        }
        return;
      }
      Token token = token();
      tokens.add(token);
      if (token.kind() == Token.Kind.SIGN && "([{".contains(token.text())) {
        open.push(token.text().charAt(0));
      } else if (token.kind() == Token.Kind.SIGN && ")]}".contains(token.text())) {
        if (open.isEmpty()) {
          throw new JinjaException(line, "'" + token.text() + "' closes nothing");
        }
        open.pop();
      }
    }
  }

  private void raw(boolean stripped) {
    segments.remove(segments.size() - 1);
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw new JinjaException(line, "'raw' has no 'endraw'");
    }
    String text = source.substring(at, end.start());
    countLines(at, end.end());
    text = stripped ? stripStart(text) : text;
    text(end.group(1).equals("-") ? stripEnd(text) : withoutIndent(text));
    at = end.end();
    afterTag(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
  }

  /** Passes over the white space that goes behind a tag. */
  private void afterTag(char mark, boolean block) {
    int from = at;
    if (mark == '-') {
      while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (block && mark != '+' && source.startsWith("\n", at)) {
      at++;
    }
    countLines(from, at);
  }

  private Token token() {
    char c = source.charAt(at);
    int from = at;
    if (Character.isLetter(c) || c == '_') {
      while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
        at++;
      }
      return new Token(Token.Kind.NAME, source.substring(from, at), line);
    }
    if (Character.isDigit(c)) {
      return number();
    }
    if (c == '\'' || c == '"') {
      return string(c);
    }
    for (String sign : SIGNS) {
      if (source.startsWith(sign, at)) {
        at += sign.length();
        return new Token(Token.Kind.SIGN, sign, line);
      }
    }
    throw new JinjaException(line, "'" + c + "' has no meaning in an expression");
  }

  private Token number() {
    Matcher number =
        Pattern.compile("\\d[\\d_]*(\\.\\d+)?([eE][+-]?\\d+)?")
            .matcher(source)
            .region(at, source.length());
    if (!number.lookingAt()) {
      throw new JinjaException(line, "a number cannot be read");
    }
    at = number.end();
    boolean real = number.group(1) != null || number.group(2) != null;
    return new Token(
        real ? Token.Kind.REAL : Token.Kind.INTEGER, number.group().replace("_", ""), line);
  }

  private Token string(char quote) {
    int began = line;
    StringBuilder text = new StringBuilder();
    for (at++; at < source.length() && source.charAt(at) != quote; at++) {
      char c = source.charAt(at);
      if (c == '\n') {
        line++;
      }
      if (c == '\\' && at + 1 < source.length()) {
        at++;
        escape(text, source.charAt(at));
      } else {
        text.append(c);
      }
    }
    if (at >= source.length()) {
      throw new JinjaException(began, "a text has no closing " + quote);
    }
    at++;
    return new Token(Token.Kind.STRING, text.toString(), began);
  }

  private void escape(StringBuilder text, char c) {
    int simple = "ntrbfav\\'\"".indexOf(c);
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (simple >= 0) {
      text.append("\n\t\r\b\f\u0007\u000b\\'\"".charAt(simple));
    } else if (digits > 0 && at + digits < source.length()) {
      try {
        text.appendCodePoint(Integer.parseInt(source.substring(at + 1, at + 1 + digits), 16));
      } catch (IllegalArgumentException e) {
        throw new JinjaException(line, "a character is written with wrong digits");
      }
      at += digits;
    } else {
      text.append('\\').append(c);
    }
  }

  private void skipSpace() {
    int from = at;
    while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
      at++;
    }
    countLines(from, at);
  }

  private void countLines(int from, int to) {
    line += (int) source.substring(from, to).chars().filter(c -> c == '\n').count();
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      segments.add(new Segment.Text(text, line));
    }
  }

  /** Removes the last line if it is nothing but white space. */
  private String withoutIndent(String text) {
    int start = text.lastIndexOf('\n') + 1;
    boolean lineStarts = start > 0 || at == 0 || source.charAt(at - 1) == '\n';
    boolean blank = text.substring(start).chars().allMatch(c -> PythonText.isSpace((char) c));
    return lineStarts && blank ? text.substring(0, start) : text;
  }

  private static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && PythonText.isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  private static String stripStart(String text) {
    int start = 0;
    while (start < text.length() && PythonText.isSpace(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }
}
