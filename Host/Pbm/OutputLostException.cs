namespace NetworkCluster.Pbm;

/// <summary>What there is to print can be printed nowhere: the reader of the pipe has gone, or the device is full.</summary>
internal sealed class OutputLostException(IOException cause) : Exception(cause.Message, cause)
{
    private const int BrokenPipe = 32;

    /// <summary>Whether nobody reads any more: then nobody is to be told either.</summary>
    public bool NobodyReads => cause.HResult == BrokenPipe;
}
