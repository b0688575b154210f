package dev.lora4j.server.http;

/**
 * The form in which a face tells its clients of errors. The status and headers of the problem are
 * put into its answer afterwards.
 */
@FunctionalInterface
public interface ProblemForm {
  /** The body for a problem, with its content type; {@code id} is the request's. */
  HttpAnswer answer(HttpProblem problem, String id);
}
