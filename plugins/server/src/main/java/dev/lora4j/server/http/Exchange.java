package dev.lora4j.server.http;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A request on the wire and the way of its answer, as the HTTP engine has them. */
interface Exchange {
  /** Takes the body of a request. */
  interface BodyReceiver {
    void received(byte[] body);

    /** The body breaks a rule; what has not arrived is not read. */
    void refused(HttpProblem problem);
  }

  /** The method as it was sent. */
  String method();

  /** The decoded path. */
  String path();

  /** The query as it was sent; empty if there is none. */
  String query();

  List<String> headers(String name);

  String remoteAddress();

  /** True if it came to a loopback address. */
  boolean loopback();

  /** Says who sent it, for the log. */
  void named(String id, String tenant);

  /** Has an action run when the answer is complete or the exchange has failed. */
  void onComplete(Runnable action);

  /** Reads the whole body without keeping a thread. */
  void read(BodyBudget budget, BodyReceiver receiver);

  /** Has an action run if the client goes before the answer is complete. */
  void watch(Runnable gone);

  /** Sets status and headers, before anything is written. */
  void head(int status, Map<String, String> headers);

  /**
   * Writes without waiting; one write at a time.
   *
   * @param done told true once it was written, false if it cannot be
   */
  void write(byte[] bytes, boolean last, Consumer<Boolean> done);

  /** Closes the connection. */
  void abort();
}
