package dev.lora4j.text.chat.jinja;

import dev.lora4j.text.chat.jinja.Expression.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads expressions, with Jinja's precedence of operators. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "if", "in", "not", "is");

  private final List<Token> tokens;

  /** Greatest nesting depth of expressions; Python's own parser takes 200. */
  private static final int DEEPEST = 100;

  /** Operators, filters and members that one statement has, each in the next. */
  private static final int MOST_LINKS = 2000;

  private final int line;
  private int at;
  private int depth;
  private int links;

  ExpressionParser(List<Token> tokens, int line) {
    this.tokens = tokens;
    this.line = line;
  }

  Token peek() {
    return at < tokens.size() ? tokens.get(at) : new Token(Token.Kind.END, "the end", line);
  }

  boolean take(String sign) {
    boolean found = peek().is(sign);
    at += found ? 1 : 0;
    return found;
  }

  void expect(String sign) {
    if (!take(sign)) {
      throw new JinjaException(
          peek().line(), "'" + sign + "' is expected before '" + peek().text() + "'");
    }
  }

  String name() {
    Token token = peek();
    if (token.kind() != Token.Kind.NAME) {
      throw new JinjaException(
          token.line(), "a name is expected in place of '" + token.text() + "'");
    }
    at++;
    return token.text();
  }

  void end() {
    if (at < tokens.size()) {
      throw new JinjaException(peek().line(), "'" + peek().text() + "' has no meaning here");
    }
  }

  /** An expression; several with commas between them are a list. */
  Expression tuple() {
    Expression first = expression();
    if (!peek().is(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (take(",") && at < tokens.size()) {
      items.add(expression());
    }
    return new Expression.ListOf(items);
  }

  Expression expression() {
    if (++depth > DEEPEST) {
      throw new JinjaException(
          peek().line(), "expressions are in each other more than " + DEEPEST + " deep");
    }
    Expression value = conditional();
    depth--;
    return value;
  }

  /** Counts what one expression has on top of another. */
  private <T> T link(T value) {
    if (++links > MOST_LINKS) {
      throw new JinjaException(
          peek().line(), "a statement has more than " + MOST_LINKS + " operators and members");
    }
    return value;
  }

  private Expression conditional() {
    Expression value = or();
    while (take("if")) {
      Expression condition = or();
      Optional<Expression> otherwise = take("else") ? Optional.of(expression()) : Optional.empty();
      value = link(new Expression.Choice(condition, value, otherwise));
    }
    return value;
  }

  /** An expression without a condition behind it, as what a loop goes over. */
  Expression or() {
    Expression left = and();
    while (take("or")) {
      left = link(new Expression.Binary("or", left, and()));
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (take("and")) {
      left = link(new Expression.Binary("and", left, not()));
    }
    return left;
  }

  private Expression not() {
    return take("not") ? new Expression.Unary(link("not"), not()) : comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    while (true) {
      if (COMPARISONS.contains(peek().text()) && peek().kind() == Token.Kind.SIGN) {
        operators.add(peek().text());
        at++;
      } else if (take("in")) {
        operators.add("in");
      } else if (peek().is("not") && at + 1 < tokens.size() && tokens.get(at + 1).is("in")) {
        at += 2;
        operators.add("not in");
      } else {
        break;
      }
      others.add(sum());
    }
    return operators.isEmpty() ? first : new Expression.Compare(first, operators, others);
  }

  private Expression sum() {
    Expression left = joined();
    while (peek().is("+") || peek().is("-")) {
      String operator = peek().text();
      at++;
      left = link(new Expression.Binary(operator, left, joined()));
    }
    return left;
  }

  private Expression joined() {
    Expression left = product();
    while (take("~")) {
      left = link(new Expression.Binary("~", left, product()));
    }
    return left;
  }

  private Expression product() {
    Expression left = power();
    while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
      String operator = peek().text();
      at++;
      left = link(new Expression.Binary(operator, left, power()));
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (take("**")) {
      left = link(new Expression.Binary("**", left, unary(true)));
    }
    return left;
  }

  private Expression unary(boolean filters) {
    Expression value;
    if (peek().is("-") || peek().is("+")) {
      String operator = peek().text();
      at++;
      value = new Expression.Unary(link(operator), unary(false));
    } else {
      value = postfix(primary());
    }
    return filters ? filtered(value) : value;
  }

  private Expression primary() {
    Token token = peek();
    at++;
    return switch (token.kind()) {
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (peek().kind() == Token.Kind.STRING) {
          text.append(peek().text());
          at++;
        }
        yield new Expression.Literal(text.toString());
      }
      case INTEGER -> new Expression.Literal(integer(token));
      case REAL -> new Expression.Literal(Double.parseDouble(token.text()));
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(Absent.NONE);
            default -> new Expression.Name(token.text());
          };
      case SIGN -> bracketed(token);
      case END -> throw new JinjaException(token.line(), "an expression is not complete");
    };
  }

  private static Long integer(Token token) {
    try {
      return Long.parseLong(token.text());
    } catch (NumberFormatException e) {
      throw new JinjaException(token.line(), token.text() + " is too large");
    }
  }

  private Expression bracketed(Token token) {
    switch (token.text()) {
      case "(" -> {
        if (take(")")) {
          return new Expression.ListOf(List.of());
        }
        Expression inner = expression();
        if (!peek().is(",")) {
          expect(")");
          return inner;
        }
        List<Expression> items = new ArrayList<>(List.of(inner));
        while (take(",") && !peek().is(")")) {
          items.add(expression());
        }
        expect(")");
        return new Expression.ListOf(items);
      }
      case "[" -> {
        List<Expression> items = new ArrayList<>();
        while (!take("]")) {
          items.add(expression());
          if (!peek().is("]")) {
            expect(",");
          }
        }
        return new Expression.ListOf(items);
      }
      case "{" -> {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!take("}")) {
          keys.add(expression());
          expect(":");
          values.add(expression());
          if (!peek().is("}")) {
            expect(",");
          }
        }
        return new Expression.DictOf(keys, values);
      }
      default ->
          throw new JinjaException(
              token.line(), "a value is expected before '" + token.text() + "'");
    }
  }

  private Expression postfix(Expression target) {
    Expression value = target;
    while (true) {
      if (take(".")) {
        link(value);
        Token token = peek();
        at++;
        value =
            switch (token.kind()) {
              case NAME -> new Expression.Attribute(value, token.text());
              case INTEGER -> new Expression.Item(value, new Expression.Literal(integer(token)));
              default -> throw new JinjaException(token.line(), "a name is expected behind '.'");
            };
      } else if (take("[")) {
        value = subscript(link(value));
      } else if (take("(")) {
        value = new Expression.Call(link(value), arguments());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression target) {
    Optional<Expression> from = peek().is(":") ? Optional.empty() : Optional.of(expression());
    if (from.isPresent() && take("]")) {
      return new Expression.Item(target, from.get());
    }
    expect(":");
    Optional<Expression> to =
        peek().is(":") || peek().is("]") ? Optional.empty() : Optional.of(expression());
    Optional<Expression> step =
        take(":") && !peek().is("]") ? Optional.of(expression()) : Optional.empty();
    expect("]");
    return new Expression.Slice(target, from, to, step);
  }

  private Arguments arguments() {
    List<Expression> places = new ArrayList<>();
    Map<String, Expression> names = new LinkedHashMap<>();
    while (!take(")")) {
      boolean named =
          peek().kind() == Token.Kind.NAME && at + 1 < tokens.size() && tokens.get(at + 1).is("=");
      if (named) {
        String name = name();
        expect("=");
        names.put(name, expression());
      } else {
        places.add(expression());
      }
      if (!peek().is(")")) {
        expect(",");
      }
    }
    return new Arguments(places, names);
  }

  private Expression filtered(Expression target) {
    Expression value = target;
    while (true) {
      if (take("|")) {
        value = filter(link(value));
      } else if (take("is")) {
        value = test(link(value));
      } else if (take("(")) {
        value = new Expression.Call(link(value), arguments());
      } else {
        return value;
      }
    }
  }

  /** A filter, whose bar is taken. */
  Expression filter(Expression target) {
    String name = name();
    return new Expression.Filter(target, name, take("(") ? arguments() : Arguments.NONE);
  }

  private Expression test(Expression target) {
    boolean negated = take("not");
    String name = name();
    Token next = peek();
    boolean operand =
        switch (next.kind()) {
          case NAME -> !AFTER_TEST.contains(next.text());
          case STRING, INTEGER, REAL -> true;
          case SIGN -> next.is("[") || next.is("{");
          case END -> false;
        };
    Arguments arguments = Arguments.NONE;
    if (take("(")) {
      arguments = arguments();
    } else if (operand) {
      arguments = new Arguments(List.of(postfix(primary())), Map.of());
    }
    return new Expression.Test(target, name, arguments, negated);
  }
}
