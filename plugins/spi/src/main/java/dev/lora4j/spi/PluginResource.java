package dev.lora4j.spi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The address of a resource of a plug-in, {@code plugin:file:///x.jar!/name}. */
final class PluginResource {
  private PluginResource() {}

  /** Makes one whose content is loaded when it is opened. */
  static URL url(Path jar, String name, Supplier<byte[]> content) {
    try {
      String path = new URI(null, null, "/" + name, null).getRawPath();
      return new URL(null, "plugin:" + jar.toUri() + "!" + path, new Handler(content));
    } catch (MalformedURLException | URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static final class Handler extends URLStreamHandler {
    private final Supplier<byte[]> content;

    Handler(Supplier<byte[]> content) {
      this.content = content;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new Connection(url, content);
    }
  }

  private static final class Connection extends URLConnection {
    private final Supplier<byte[]> content;

    Connection(URL url, Supplier<byte[]> content) {
      super(url);
      this.content = content;
    }

    @Override
    public void connect() {
      connected = true;
    }

    @Override
    public long getContentLengthLong() {
      return content.get().length;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new ByteArrayInputStream(content.get());
    }
  }
}
