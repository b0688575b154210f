package dev.lora4j.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Routes by which requests find their handler. */
final class RouteTable {
  /** The handler of a request and what its path has at the names of the pattern. */
  record Match(HttpHandler handler, Map<String, String> parts) {}

  private record Row(String method, PathPattern pattern, HttpHandler handler) {}

  private final List<Row> rows = new ArrayList<>();

  /**
   * The table of routes.
   *
   * @throws IllegalArgumentException if two have the same method and paths
   */
  RouteTable(List<Route> routes) {
    Set<String> seen = new HashSet<>();
    for (Route route : routes) {
      PathPattern pattern = PathPattern.of(route.pattern());
      if (!seen.add(route.method() + " " + pattern.shape())) {
        throw new IllegalArgumentException(
            "Two routes answer " + route.method() + " " + route.pattern() + "; leave one out.");
      }
      rows.add(new Row(route.method(), pattern, route.handler()));
    }
    rows.sort(Comparator.comparing((Row row) -> row.pattern().weight()).reversed());
  }

  Optional<Match> find(String method, String path) {
    String answered = method.equals("HEAD") ? "GET" : method;
    for (Row row : rows) {
      if (row.method().equals(answered)) {
        Optional<Map<String, String>> parts = row.pattern().match(path);
        if (parts.isPresent()) {
          return Optional.of(new Match(row.handler(), parts.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** The methods that a path has, as in a header {@code Allow}; empty if there is no such path. */
  String allowed(String path) {
    Set<String> methods = new TreeSet<>();
    for (Row row : rows) {
      if (row.pattern().match(path).isPresent()) {
        methods.add(row.method());
      }
    }
    if (methods.isEmpty()) {
      return "";
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    methods.add("OPTIONS");
    return String.join(", ", methods);
  }
}
