package dev.lora4j.server.http;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/** A request of Jetty's. */
final class JettyExchange implements Exchange {
  /** The attribute of Jetty's request that says who sent it. */
  static final String TENANT = "dev.lora4j.tenant";

  private static final long MOST_DROPPED = 64 << 20;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean bodyRead;

  JettyExchange(Request request, Response response, Callback callback) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    // While a handler works, silence of the connection is as it should be.
    request.addIdleTimeoutListener(timeout -> false);
    endPoint().ifPresent(JettyEndPoint::headArrived);
    Request.addCompletionListener(request, failure -> endPoint().ifPresent(JettyEndPoint::ended));
  }

  private Optional<JettyEndPoint> endPoint() {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    return endPoint instanceof JettyEndPoint ours ? Optional.of(ours) : Optional.empty();
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return path(request);
  }

  static String path(Request request) {
    return Optional.ofNullable(request.getHttpURI().getDecodedPath()).orElse("*");
  }

  @Override
  public String query() {
    return Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
  }

  @Override
  public List<String> headers(String name) {
    return request.getHeaders().getFields(name).stream()
        .map(field -> Optional.ofNullable(field.getValue()).orElse(""))
        .toList();
  }

  @Override
  public String remoteAddress() {
    return Request.getRemoteAddr(request);
  }

  @Override
  public boolean loopback() {
    return request.getConnectionMetaData().getLocalSocketAddress()
            instanceof InetSocketAddress local
        && local.getAddress().isLoopbackAddress();
  }

  @Override
  public void named(String id, String tenant) {
    request.setAttribute(TENANT, tenant);
    response.getHeaders().put(RequestId.HEADER, id);
  }

  @Override
  public void onComplete(Runnable action) {
    Request.addCompletionListener(request, failure -> action.run());
  }

  @Override
  public void read(BodyBudget budget, BodyReceiver receiver) {
    if (request.getLength() > budget.each()) {
      receiver.refused(budget.tooLarge());
      return;
    }
    endPoint().ifPresent(JettyEndPoint::bodyBegins);
    new Body(budget, receiver).run();
  }

  /**
   * Drops the rest of the body after the answer. A client that is still sending would learn that
   * the connection is closed before it looks for the answer.
   */
  private final class Remainder implements Runnable {
    private long dropped;

    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        boolean end = chunk.isLast() || Content.Chunk.isFailure(chunk);
        dropped += chunk.remaining();
        chunk.release();
        if (end || dropped > MOST_DROPPED) {
          succeed();
          return;
        }
      }
    }
  }

  /** Collects the body as it arrives. */
  private final class Body implements Runnable {
    private final BodyBudget budget;
    private final BodyReceiver receiver;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Body(BodyBudget budget, BodyReceiver receiver) {
      this.budget = budget;
      this.receiver = receiver;
      Request.addCompletionListener(request, failure -> budget.giveBack(bytes.size()));
    }

    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          request.demand(this);
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          failed(chunk.getFailure());
          return;
        }
        boolean last = chunk.isLast();
        boolean room = add(chunk.getByteBuffer());
        chunk.release();
        if (!room) {
          return;
        }
        if (last) {
          bodyRead = true;
          endPoint().ifPresent(JettyEndPoint::bodyArrived);
          receiver.received(bytes.toByteArray());
          return;
        }
      }
    }

    private boolean add(ByteBuffer part) {
      int more = part.remaining();
      if (bytes.size() + (long) more > budget.each()) {
        receiver.refused(budget.tooLarge());
        return false;
      }
      if (!budget.take(more)) {
        receiver.refused(
            new HttpProblem(503, "The server holds too many bodies of requests. Ask again later.")
                .with("retry-after", "1"));
        return false;
      }
      bytes.writeBytes(BufferUtil.toArray(part));
      return true;
    }

    private void failed(Throwable failure) {
      bodyRead = true;
      if (failure instanceof TimeoutException) {
        receiver.refused(new HttpProblem(408, BadRequests.message(408) + "."));
      } else if (failure instanceof HttpException) {
        fail(failure);
      } else {
        abort();
      }
    }
  }

  @Override
  public void watch(Runnable gone) {
    endPoint().ifPresent(endPoint -> endPoint.watch(gone));
  }

  @Override
  public void head(int status, Map<String, String> headers) {
    response.setStatus(status);
    headers.forEach((name, value) -> response.getHeaders().put(name, value));
  }

  @Override
  public void write(byte[] bytes, boolean last, Consumer<Boolean> done) {
    response.write(
        last,
        ByteBuffer.wrap(bytes),
        new Callback() {
          @Override
          public void succeeded() {
            if (last) {
              answered();
            }
            done.accept(true);
          }

          @Override
          public void failed(Throwable failure) {
            done.accept(false);
            fail(failure);
          }
        });
  }

  private void answered() {
    // The body that a client waits to be asked for does not come.
    if (bodyRead || !headers("expect").isEmpty()) {
      succeed();
    } else {
      endPoint().ifPresent(JettyEndPoint::bodyBegins);
      new Remainder().run();
    }
  }

  private void succeed() {
    if (over.compareAndSet(false, true)) {
      callback.succeeded();
    }
  }

  private void fail(Throwable failure) {
    if (over.compareAndSet(false, true)) {
      callback.failed(failure);
    }
  }

  @Override
  public void abort() {
    endPoint().ifPresent(JettyEndPoint::close);
    fail(new EofException("The client has gone."));
  }
}
