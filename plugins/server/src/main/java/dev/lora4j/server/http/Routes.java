package dev.lora4j.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The handlers of a server by method and path, and the form of errors below a path. Immutable: each
 * method gives another one.
 */
public final class Routes {
  /** The form of errors of the paths that begin with a prefix. */
  record Form(String prefix, ProblemForm form) {}

  private final List<Route> routes;
  private final List<Form> forms;

  private Routes(List<Route> routes, List<Form> forms) {
    this.routes = routes;
    this.forms = forms;
  }

  /** No routes. */
  public static Routes none() {
    return new Routes(List.of(), List.of());
  }

  /** With one that answers {@code GET} and {@code HEAD}. */
  public Routes get(String pattern, HttpHandler handler) {
    return with(new Route("GET", pattern, handler));
  }

  /** With one that answers {@code POST}. */
  public Routes post(String pattern, HttpHandler handler) {
    return with(new Route("POST", pattern, handler));
  }

  /** With one more. */
  public Routes with(Route route) {
    List<Route> more = new ArrayList<>(routes);
    more.add(route);
    return new Routes(List.copyOf(more), forms);
  }

  /** With those of another. */
  public Routes with(Routes other) {
    List<Route> more = new ArrayList<>(routes);
    more.addAll(other.routes);
    List<Form> moreForms = new ArrayList<>(forms);
    moreForms.addAll(other.forms);
    return new Routes(List.copyOf(more), List.copyOf(moreForms));
  }

  /** The same, with another handler in the place of each. */
  public Routes wrapped(UnaryOperator<HttpHandler> wrapper) {
    List<Route> all =
        routes.stream()
            .map(r -> new Route(r.method(), r.pattern(), wrapper.apply(r.handler())))
            .toList();
    return new Routes(all, forms);
  }

  /** With a form for the errors of all paths that begin with a prefix; the longest one counts. */
  public Routes problems(String prefix, ProblemForm form) {
    List<Form> more = new ArrayList<>(forms);
    more.add(new Form(prefix, form));
    return new Routes(routes, List.copyOf(more));
  }

  /** The table that finds handlers. */
  RouteTable table() {
    return new RouteTable(routes);
  }

  ProblemForms forms() {
    return new ProblemForms(forms);
  }
}
