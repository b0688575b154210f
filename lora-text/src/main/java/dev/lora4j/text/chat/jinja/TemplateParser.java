package dev.lora4j.text.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the statements of a template. */
final class TemplateParser {
  private final List<Segment> segments;

  /** Greatest nesting depth of statements; Python, to which Jinja compiles them, takes 20 loops. */
  private static final int DEEPEST = 100;

  private int at;
  private int depth;

  private TemplateParser(List<Segment> segments) {
    this.segments = segments;
  }

  static List<Statement> parse(String template) {
    TemplateParser parser = new TemplateParser(Lexer.divide(template));
    List<Statement> statements = parser.until(0);
    if (parser.at < parser.segments.size()) {
      Segment.Block block = (Segment.Block) parser.segments.get(parser.at);
      throw new JinjaException(block.line(), "'" + keyword(block) + "' closes nothing");
    }
    return statements;
  }

  /**
   * Statements up to one of these, which stays; up to the end or any that closes something if none.
   */
  private List<Statement> until(int began, String... closing) {
    List<Statement> statements = new ArrayList<>();
    for (; at < segments.size(); at++) {
      Segment segment = segments.get(at);
      if (segment instanceof Segment.Text text) {
        statements.add(new Statement.Text(text.text()));
      } else if (segment instanceof Segment.Output output) {
        ExpressionParser parser = new ExpressionParser(output.tokens(), output.line());
        statements.add(new Statement.Output(parser.tuple(), output.line()));
        parser.end();
      } else if (segment instanceof Segment.Block block) {
        String keyword = keyword(block);
        boolean closes = keyword.startsWith("end") || keyword.startsWith("el");
        if (closes && (closing.length == 0 || List.of(closing).contains(keyword))) {
          return statements;
        }
        if (closes) {
          String expected = closing[closing.length - 1];
          throw new JinjaException(
              block.line(), "'" + keyword + "' comes where '" + expected + "' is expected");
        }
        if (++depth > DEEPEST) {
          throw new JinjaException(
              block.line(), "statements are in each other more than " + DEEPEST + " deep");
        }
        statements.addAll(statement(block, keyword));
        depth--;
      }
    }
    if (closing.length > 0) {
      throw new JinjaException(began, "'" + closing[closing.length - 1] + "' is missing");
    }
    return statements;
  }

  private List<Statement> statement(Segment.Block block, String keyword) {
    int line = block.line();
    ExpressionParser parser =
        new ExpressionParser(block.tokens().subList(1, block.tokens().size()), line);
    return switch (keyword) {
      case "if" -> List.of(choice(parser, line));
      case "for" -> List.of(loop(parser, line));
      case "set" -> List.of(set(parser, line));
      case "macro" -> List.of(macro(parser, line));
      case "with" -> List.of(with(parser, line));
      case "filter" -> {
        Expression filters = filters(parser);
        yield List.of(new Statement.Filtered(filters, body(line, "endfilter"), line));
      }
      case "generation" -> body(line, "endgeneration"); // marks what a model wrote
      case "break" -> List.of(new Statement.Break());
      case "continue" -> List.of(new Statement.Continue());
      default ->
          throw new JinjaException(
              line, "the statement '" + keyword + "' is not known to chat templates");
    };
  }

  /** Parses the statements up to the closing one, which the caller skips. */
  private List<Statement> body(int line, String closing) {
    at++;
    return until(line, closing);
  }

  private Statement choice(ExpressionParser first, int line) {
    List<Expression> conditions = new ArrayList<>(List.of(whole(first)));
    List<List<Statement>> bodies = new ArrayList<>();
    while (true) {
      at++;
      bodies.add(until(line, "elif", "else", "endif"));
      Segment.Block next = (Segment.Block) segments.get(at);
      switch (keyword(next)) {
        case "elif" ->
            conditions.add(
                whole(
                    new ExpressionParser(
                        next.tokens().subList(1, next.tokens().size()), next.line())));
        case "else" -> {
          at++;
          bodies.add(until(line, "endif"));
          return new Statement.If(conditions, bodies, line);
        }
        default -> {
          return new Statement.If(conditions, bodies, line);
        }
      }
    }
  }

  private Statement loop(ExpressionParser parser, int line) {
    List<String> names = names(parser);
    parser.expect("in");
    Expression values = parser.or();
    Optional<Expression> filter = parser.take("if") ? Optional.of(parser.or()) : Optional.empty();
    if (parser.peek().is("recursive")) {
      throw new JinjaException(line, "recursive loops are not known to chat templates");
    }
    parser.end();
    at++;
    List<Statement> body = until(line, "else", "endfor");
    List<Statement> otherwise = List.of();
    if (keyword((Segment.Block) segments.get(at)).equals("else")) {
      otherwise = body(line, "endfor");
    }
    return new Statement.For(names, values, filter, body, otherwise, line);
  }

  private Statement set(ExpressionParser parser, int line) {
    List<String> names = names(parser);
    if (parser.take(".")) {
      String member = parser.name();
      parser.expect("=");
      return new Statement.SetMember(names.get(0), member, wholeTuple(parser), line);
    }
    if (parser.take("=")) {
      return new Statement.Set(names, wholeTuple(parser), line);
    }
    Expression filters = parser.take("|") ? filters(parser) : new Expression.Name(Statement.INNER);
    parser.end();
    return new Statement.SetText(names.get(0), filters, body(line, "endset"), line);
  }

  private Statement macro(ExpressionParser parser, int line) {
    String name = parser.name();
    List<String> parameters = new ArrayList<>();
    Map<String, Expression> usual = new LinkedHashMap<>();
    parser.expect("(");
    while (!parser.take(")")) {
      String parameter = parser.name();
      parameters.add(parameter);
      if (parser.take("=")) {
        usual.put(parameter, parser.expression());
      }
      if (!parser.peek().is(")")) {
        parser.expect(",");
      }
    }
    parser.end();
    return new Statement.Macro(name, parameters, usual, body(line, "endmacro"));
  }

  private Statement with(ExpressionParser parser, int line) {
    List<String> names = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (parser.peek().kind() != Token.Kind.END) {
      names.add(parser.name());
      parser.expect("=");
      values.add(parser.expression());
      if (parser.peek().kind() != Token.Kind.END) {
        parser.expect(",");
      }
    }
    return new Statement.With(names, values, body(line, "endwith"), line);
  }

  private static Expression filters(ExpressionParser parser) {
    Expression filters = parser.filter(new Expression.Name(Statement.INNER));
    while (parser.take("|")) {
      filters = parser.filter(filters);
    }
    parser.end();
    return filters;
  }

  private static List<String> names(ExpressionParser parser) {
    boolean bracket = parser.take("(");
    List<String> names = new ArrayList<>(List.of(parser.name()));
    while (parser.take(",")) {
      names.add(parser.name());
    }
    if (bracket) {
      parser.expect(")");
    }
    return names;
  }

  private static Expression whole(ExpressionParser parser) {
    Expression value = parser.expression();
    parser.end();
    return value;
  }

  private static Expression wholeTuple(ExpressionParser parser) {
    Expression value = parser.tuple();
    parser.end();
    return value;
  }

  private static String keyword(Segment.Block block) {
    return block.tokens().isEmpty() ? "" : block.tokens().get(0).text();
  }
}
