package dev.lora4j.diffusion.dataset.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes of a member, whose name is in the message when they cannot be read. */
final class MemberContent extends FilterInputStream {
  private final String name;

  MemberContent(String name, InputStream in) {
    super(in);
    this.name = name;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    try {
      return super.read(into, from, most);
    } catch (ArchiveException e) {
      throw e;
    } catch (IOException e) {
      throw new ArchiveException(
          "is cut off or damaged in the member '" + name + "' (" + e.getMessage() + ").");
    }
  }
}
