package dev.lora4j.core.tensor.djl;

import ai.djl.pytorch.engine.PtNDArray;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** The memory pages of mapped files, which the system can take back at any time. */
final class MappedPages {
  /** {@code MADV_DONTNEED}: a private mapping without writes keeps the file's content. */
  private static final int DO_NOT_NEED = 4;

  private static final int PAGE_SIZE = 30;

  private MappedPages() {}

  /** Releases the pages that lie wholly within a tensor of a mapping; Linux only. */
  static void drop(PtNDArray array, long bytes) {
    if (!Platform.isLinux() || bytes == 0) {
      return;
    }
    ByteBuffer memory = array.toByteBuffer(true);
    if (!memory.isDirect()) {
      return;
    }
    long page = Page.SIZE;
    long begin = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
    long first = (begin + page - 1) / page * page;
    long end = (begin + bytes) / page * page;
    if (first < end) {
      // A refusal only means that the pages stay.
      Page.ADVISE.invokeInt(
          new Object[] {new Pointer(first), new NativeLong(end - first), DO_NOT_NEED});
    }
  }

  /** Looked up when first needed. */
  private static final class Page {
    static final Function ADVISE = Function.getFunction("c", "madvise");
    static final long SIZE =
        Function.getFunction("c", "sysconf").invokeLong(new Object[] {PAGE_SIZE});
  }
}
